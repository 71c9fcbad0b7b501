import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { type ServerOptions, type WebSocket, WebSocketServer } from 'ws'
import {
  type Refusal,
  keyOf,
  refusalMessage,
  refusalOf,
} from '../../openai/wire/connect.ts'
import { defaultConfig } from '../../openai/wire/session-config.ts'
import {
  invalidRequest,
  rateLimited,
  shuttingDown,
} from '../../openai/wire/service-error.ts'
import { isClientSecret } from '../client-secrets.ts'
import type { ServerContext } from '../server-context.ts'
import { refuseSocket } from '../http-messages.ts'
import { ServerSession, type ServerSessionOptions } from './server-session.ts'

const MAX_MESSAGE = 16 * 1_048_576

/** Most frames and most network chunks of one message. */
const MAX_FRAGMENTS = 1_024
const MAX_CHUNKS = 32_768

/** How long a client may take to answer a close frame, in ms. */
const CLOSE_MS = 5_000

/** Estimate for Retry-After before any session has ended, in s. */
const FIRST_ESTIMATE_S = 10

/** The types of ws lack `closeTimeout`. */
const socketOptions: ServerOptions & { readonly closeTimeout: number } = {
  noServer: true,
  clientTracking: false,
  maxPayload: MAX_MESSAGE,
  maxFragments: MAX_FRAGMENTS,
  maxBufferedChunks: MAX_CHUNKS,
  perMessageDeflate: false,
  closeTimeout: CLOSE_MS,
  handleProtocols: offered => offered.has('realtime') && 'realtime',
}

/** OpenAI's limits: an append may have 15 MiB of audio in base64. */
const strictSocketOptions: ServerOptions = {
  noServer: true,
  clientTracking: false,
  maxPayload: 2 * MAX_MESSAGE,
  perMessageDeflate: true,
  autoPong: false,
  handleProtocols: socketOptions.handleProtocols!,
}

const noConversations: Refusal = {
  error: invalidRequest(
    'invalid_model',
    'This server only transcribes. Connect with ?intent=transcription, without a model.',
  ),
  closeCode: 4000,
}

/** Serves `GET /v1/realtime?intent=transcription`. */
export class RealtimeServer {
  readonly #context: ServerContext
  readonly #isStrict: boolean
  readonly #webSockets: WebSocketServer
  readonly #sessions = new Set<ServerSession>()
  readonly #sockets = new Set<WebSocket>()
  #meanSeconds: number | undefined
  #closing = false
  #onGone: (() => void) | undefined

  constructor(context: ServerContext) {
    this.#context = context
    const { dialect } = context.options
    this.#isStrict = dialect === 'openai'
    this.#webSockets = new WebSocketServer(
      this.#isStrict ? strictSocketOptions : socketOptions,
    )
    this.#webSockets.on('headers', headers => {
      if (this.#isStrict) headers.push(`Date: ${new Date().toUTCString()}`)
    })
  }

  /** Accepts a socket whose source was checked, and checks its key. */
  upgrade(
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    url: URL,
  ): void {
    if (this.#closing) return refuseSocket(socket, 503, shuttingDown)
    const { maxSessions } = this.#context.options
    // Refused sockets count too until they are closed.
    const full = this.#sockets.size >= 2 * maxSessions
    if (full || this.#sessions.size >= maxSessions)
      return refuseSocket(
        socket,
        429,
        rateLimited(
          `Rate limit reached: ${maxSessions} sessions are open. Try again later.`,
        ),
        { 'retry-after': String(this.#retryAfter()) },
      )
    this.#webSockets.handleUpgrade(request, socket, head, webSocket =>
      this.#open(webSocket, request, url.searchParams),
    )
  }

  /** Answers all committed turns; resolves when every session is closed. */
  async close(): Promise<void> {
    this.#closing = true
    this.#context.secrets.clear()
    for (const session of this.#sessions) session.finish()
    if (this.#sockets.size > 0)
      await new Promise<void>(resolve => (this.#onGone = resolve))
  }

  terminate(): void {
    this.#closing = true
    for (const socket of this.#sockets) socket.terminate()
  }

  #open(
    webSocket: WebSocket,
    { headers, socket }: IncomingMessage,
    query: URLSearchParams,
  ): void {
    this.#sockets.add(webSocket)
    webSocket.on('error', () => {}) // its close follows
    webSocket.once('close', () => {
      this.#sockets.delete(webSocket)
      if (this.#sockets.size === 0) this.#onGone?.()
    })
    const key = keyOf(headers)
    const secret = this.#context.secrets.find(key ?? '')
    const params = new URLSearchParams(query)
    // A secret is for transcription, with or without `intent`.
    if (secret && query.size === 0) params.set('intent', 'transcription')
    const refusal =
      refusalOf(headers, params, given => this.#accepts(given)) ??
      (this.#isStrict || params.get('intent') === 'transcription'
        ? undefined
        : noConversations)
    const conversationModel = params.get('model')
    if (!refusal)
      return this.#begin(webSocket, {
        config: secret?.config ?? defaultConfig,
        ...(conversationModel !== null && { conversationModel }),
        ...(this.#context.hooks && {
          hooks: this.#context.hooks(webSocket, socket),
        }),
      })
    const { text, closeCode, reason } = refusalMessage(refusal)
    webSocket.send(text)
    webSocket.close(closeCode, reason)
  }

  #accepts(key: string | undefined): boolean {
    const { options, secrets, isKey } = this.#context
    if (this.#isStrict) return key !== undefined && isKey(key)
    if (key !== undefined && isClientSecret(key))
      return secrets.find(key) !== undefined
    if (options.apiKeys.length === 0) return true
    return key !== undefined && isKey(key)
  }

  #begin(webSocket: WebSocket, start: ServerSessionOptions): void {
    const { metrics } = this.#context
    const begun = performance.now()
    const session = new ServerSession(webSocket, this.#context, start)
    this.#sessions.add(session)
    metrics.sessionOpened()
    webSocket.once('close', () => {
      session.end()
      this.#sessions.delete(session)
      metrics.sessionClosed()
      const seconds = (performance.now() - begun) / 1_000
      this.#meanSeconds = ((this.#meanSeconds ?? seconds) + seconds) / 2
    })
  }

  /** Estimates when a session will end, in s. */
  #retryAfter(): number {
    const { maxSessions } = this.#context.options
    const mean = this.#meanSeconds ?? FIRST_ESTIMATE_S * maxSessions
    return Math.max(1, Math.ceil(mean / maxSessions))
  }
}
