import { once } from 'node:events'
import {
  type IncomingMessage,
  type Server,
  STATUS_CODES,
  createServer,
} from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import { type FaultAction, checkAction } from './faults.ts'
import { RealtimeSession } from './realtime/session.ts'
import { refusalMessage, refusalOf } from '../openai/wire/connect.ts'
import {
  type SpeechServerOptions,
  resolveServerOptions,
} from './server-options.ts'
import { ServerState } from './server-state.ts'
import type { UploadRecord } from './uploads/upload-record.ts'
import { Uploads } from './uploads/uploads.ts'

/** Longest message that is read; an append may have 15 MiB of audio. */
const MAX_MESSAGE = 32 * 1_048_576

/**
 * A server on this machine that speaks OpenAI's speech-to-text protocols:
 * `POST /v1/audio/transcriptions` and `GET /v1/realtime?intent=transcription`.
 * It follows the service event for event, and fails on demand: see
 * {@link FaultAction} and {@link ScriptedAnswer}. It understands
 * {@link numberedAudio}, or whatever `hear` does.
 */
export class SpeechServer {
  readonly #server: Server
  readonly #webSockets: WebSocketServer
  readonly #state: ServerState
  readonly #uploads: Uploads
  #closing: Promise<void> | undefined

  private constructor(options: SpeechServerOptions) {
    const resolved = resolveServerOptions(options)
    this.#state = new ServerState(resolved)
    this.#uploads = new Uploads(this.#state)
    this.#server = resolved.tls
      ? createSecureServer(resolved.tls)
      : createServer()
    this.#webSockets = new WebSocketServer({
      noServer: true,
      maxPayload: MAX_MESSAGE,
      perMessageDeflate: true,
      autoPong: false,
      handleProtocols: offered => offered.has('realtime') && 'realtime',
    })
    this.#webSockets.on('headers', headers => {
      headers.push(`Date: ${new Date().toUTCString()}`)
    })
    this.#server.on('connection', socket => this.#keep(socket))
    this.#server.on('request', (request, response) =>
      this.#uploads.answer(request, response),
    )
    this.#server.on('upgrade', (request, socket, head) =>
      this.#upgrade(request, socket, head),
    )
  }

  /**
   * Opens a server on 127.0.0.1, at a free port.
   *
   * @throws OptionError
   */
  static async listen(
    options: SpeechServerOptions = {},
  ): Promise<SpeechServer> {
    const server = new SpeechServer(options)
    server.#server.listen(0, '127.0.0.1')
    await once(server.#server, 'listening')
    return server
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  /** What the `openai` client takes as `baseURL`. */
  get baseURL(): string {
    const scheme = this.#state.options.tls ? 'https' : 'http'
    return `${scheme}://127.0.0.1:${this.port}/v1`
  }

  /** Realtime sessions that are open, those that stall not among them. */
  get sessions(): number {
    return this.#state.sessions.size
  }

  /** Realtime connections so far, those that were refused among them. */
  get connections(): number {
    return this.#state.connections
  }

  /** Uploads so far, in the order in which they were read. */
  get requests(): readonly UploadRecord[] {
    return this.#uploads.records
  }

  /** Events of Realtime that came, by type. */
  get received(): ReadonlyMap<string, number> {
    return this.#state.received.counts
  }

  /** Events of Realtime that went out, or nearly did, by type. */
  get sent(): ReadonlyMap<string, number> {
    return this.#state.sent.counts
  }

  /**
   * Makes a fault happen now, in every session that is open.
   *
   * @throws OptionError
   */
  inject(action: FaultAction): void {
    checkAction(action)
    for (const session of this.#state.sessions) session.perform([action])
  }

  /** Sessions that had stopped reading read on. */
  resume(): void {
    for (const session of this.#state.sessions) session.resume()
  }

  /** Drops every connection and timer; resolves when all are gone. */
  async close(): Promise<void> {
    this.#closing ??= this.#close()
    await this.#closing
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  async #close(): Promise<void> {
    const gone = [...this.#state.sockets].map(async socket => {
      if (!socket.closed) await once(socket, 'close')
    })
    const closed = once(this.#server, 'close')
    this.#uploads.close()
    this.#server.close()
    for (const session of this.#state.sessions) session.end()
    for (const socket of this.#state.sockets) socket.destroy()
    await Promise.all([closed, ...gone])
  }

  #keep(socket: Socket): void {
    this.#state.sockets.add(socket)
    socket.on('error', () => {}) // whoever is gone is gone
    socket.once('close', () => this.#state.sockets.delete(socket))
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const url = new URL(request.url ?? '/', 'http://localhost')
    const connection = ++this.#state.connections
    const status = url.pathname.endsWith('/realtime')
      ? this.#state.options.statusOf(connection)
      : 404
    if (status !== undefined) {
      const body = `{"error":{"message":"${STATUS_CODES[status] ?? ''}","type":"invalid_request_error","param":null,"code":null}}`
      socket.end(
        `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Refused'}\r\n` +
          `Connection: close\r\nContent-Type: application/json\r\n` +
          `Content-Length: ${body.length}\r\n\r\n${body}`,
      )
      return
    }
    this.#webSockets.handleUpgrade(request, socket, head, webSocket =>
      this.#open(
        webSocket,
        this.#state.rawOf(socket as Socket),
        request,
        url.searchParams,
      ),
    )
  }

  #open(
    webSocket: WebSocket,
    raw: Socket,
    request: IncomingMessage,
    query: URLSearchParams,
  ): void {
    webSocket.on('error', () => {}) // its close follows
    const { accepts } = this.#state.options
    const refusal = refusalOf(
      request.headers,
      query,
      key => key !== undefined && accepts(key),
    )
    if (refusal) {
      const { text, closeCode, reason } = refusalMessage(refusal)
      webSocket.send(text)
      return webSocket.close(closeCode, reason)
    }
    const session = new RealtimeSession(
      webSocket,
      raw,
      this.#state,
      query.get('model') ?? undefined,
    )
    // A fault may have been quicker.
    if (!session.gone) this.#state.sessions.add(session)
    webSocket.on('close', () => {
      session.end()
      this.#state.sessions.delete(session)
    })
  }
}
