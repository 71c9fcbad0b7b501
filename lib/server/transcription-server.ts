import { once } from 'node:events'
import {
  type IncomingMessage,
  type Server,
  createServer as createHttpServer,
} from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { invalidRequest } from '../openai/wire/service-error.ts'
import {
  type SourceRules,
  checkSource,
  sourceRules,
  keyChecker,
} from './guard.ts'
import { refuseSocket, urlOf, onClientError } from './http-messages.ts'
import { RealtimeServer } from './realtime/realtime-server.ts'
import { RequestHandler } from './request-handler.ts'
import { type ServerContext, createContext } from './server-context.ts'
import {
  type ListenOptions,
  listenError,
  resolveAddress,
  type ServerOptions,
  resolveServerOptions,
} from './server-options.ts'
import { UploadEndpoint } from './uploads/upload-endpoint.ts'

/** Headers of upgrades. */
const OF_UPGRADES = new Set(['connection', 'upgrade', 'http2-settings'])

/** Whether a request asks for a WebSocket, and not for another protocol. */
const wantsWebSocket = ({ headers }: IncomingMessage): boolean =>
  headers.upgrade?.toLowerCase() === 'websocket'

/**
 * Answers a request as if it had not asked for an upgrade, which any server
 * may do. Java's HTTP client and `curl --http2` ask for HTTP/2 with every
 * request. Node stops parsing HTTP on such a socket, so it gets the request
 * again, without the upgrade headers.
 */
const ignoreUpgrade = (
  server: Server,
  { method, url, rawHeaders }: IncomingMessage,
  socket: Duplex,
  head: Buffer,
): void => {
  const lines = [`${method} ${url} HTTP/1.1`]
  for (let i = 0; i < rawHeaders.length; i += 2)
    if (!OF_UPGRADES.has(rawHeaders[i]!.toLowerCase()))
      lines.push(`${rawHeaders[i]}: ${rawHeaders[i + 1]}`)
  const again = Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1')
  socket.unshift(Buffer.concat([again, head]))
  server.emit('connection', socket)
}

/** What takes sockets over. */
type Endpoint = {
  upgrade(
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    url: URL,
  ): void
}

/** Hands a socket to the Realtime endpoint if its source is allowed. */
const upgradeTo = (
  endpoint: Endpoint,
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  rules: SourceRules,
): void => {
  const verdict = checkSource(request.headers, rules)
  if (!verdict.allowed) return refuseSocket(socket, 403, verdict.error)
  const url = urlOf(request)
  if (url.pathname !== '/v1/realtime')
    return refuseSocket(
      socket,
      404,
      invalidRequest(null, `Invalid URL (${request.method} ${url.pathname})`),
    )
  endpoint.upgrade(request, socket, head, url)
}

export { type ListenOptions } from './server-options.ts'

/** Longest head of a request, in bytes. */
const MAX_HEAD = 16_384

/** How long a connection is kept for another request, in ms. */
const KEEP_ALIVE_MS = 5_000

/**
 * A server that speaks OpenAI's speech-to-text protocols and transcribes on
 * this machine: uploads (`POST /v1/audio/transcriptions`) and Realtime
 * sessions (`GET /v1/realtime?intent=transcription`) with their secrets for
 * browsers (`POST /v1/realtime/client_secrets`), and the names of OpenAI's
 * models and its own (`GET /v1/models`); `GET /health`, `GET /metrics`. Made
 * by {@link createServer}.
 */
export class TranscriptionServer {
  readonly #context: ServerContext
  readonly #uploads: UploadEndpoint
  readonly #realtime: RealtimeServer
  readonly #handler: RequestHandler
  readonly #server: Server
  #rules: SourceRules
  #host = ''
  #closing: Promise<void> | undefined

  /** @throws OptionError */
  constructor(options: ServerOptions = {}) {
    const resolved = resolveServerOptions(options)
    this.#context = createContext(resolved, keyChecker(resolved.apiKeys))
    this.#rules = sourceRules(resolved.allowedHosts, resolved.allowedOrigins)
    this.#uploads = new UploadEndpoint(this.#context)
    this.#realtime = new RealtimeServer(this.#context)
    this.#handler = new RequestHandler(this.#context, this.#uploads)
    this.#server = this.#open(resolved.maxStallMs)
  }

  /** URL on this machine, without a path. */
  get url(): string {
    const host = this.#host.includes(':') ? `[${this.#host}]` : this.#host
    return `http://${host}:${this.port}`
  }

  /** The `baseURL` for OpenAI's clients. */
  get baseURL(): string {
    return `${this.url}/v1`
  }

  /** Port of the listener. */
  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  /** Number of open Realtime sessions and of uploads in progress. */
  get active(): { readonly sessions: number; readonly uploads: number } {
    return this.#context.metrics.active
  }

  /**
   * Finds or fetches the model, and starts the engine, so that the first
   * request does not wait for it.
   *
   * @throws {ModelMissingError} where it can't be had
   */
  ready(): Promise<void> {
    return this.#context.engines.warmUp()
  }

  /**
   * Listens; resolves once requests can come.
   *
   * @throws OptionError for an address that cannot be had, or that is open to
   * other machines while there are no `apiKeys`
   */
  async listen(options: ListenOptions = {}): Promise<void> {
    const { apiKeys, allowedHosts, allowedOrigins } = this.#context.options
    const address = resolveAddress(options, apiKeys.length > 0)
    this.#rules = sourceRules(allowedHosts, allowedOrigins, address.name)
    this.#host = address.name ?? '127.0.0.1'
    this.#server.listen(address.port, address.host)
    try {
      await once(this.#server, 'listening')
    } catch (error) {
      throw listenError(error as NodeJS.ErrnoException, address)
    }
  }

  /**
   * Refuses new work, finishes what is in progress within `graceMs`, and stops
   * the engine. Can be called again.
   */
  async close(): Promise<void> {
    this.#closing ??= this.#close()
    await this.#closing
  }

  /** Same as {@link close}. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  async #close(): Promise<void> {
    this.#handler.close()
    const cut = setTimeout(() => {
      this.#uploads.terminate()
      this.#realtime.terminate()
      this.#server.closeAllConnections()
    }, this.#context.options.graceMs)
    const idle = this.#server.listening
      ? new Promise<void>(resolve => this.#server.close(() => resolve()))
      : Promise.resolve()
    await Promise.all([idle, this.#uploads.close(), this.#realtime.close()])
    clearTimeout(cut)
    await this.#context.engines.close()
  }

  #open(maxStallMs: number): Server {
    const server = createHttpServer({
      maxHeaderSize: MAX_HEAD,
      headersTimeout: maxStallMs,
      // A recording in progress is uploaded for as long as it takes.
      requestTimeout: 0,
      keepAliveTimeout: KEEP_ALIVE_MS,
      connectionsCheckingInterval: Math.min(maxStallMs, 5_000),
    })
    server.on('request', (request, response) =>
      this.#handler.handle(request, response, this.#rules),
    )
    // A client that asks first, as curl does, gets the go-ahead once its body is read.
    server.on('checkContinue', (request, response) =>
      this.#handler.handle(request, response, this.#rules),
    )
    server.on('upgrade', (request, socket, head) => {
      if (!wantsWebSocket(request))
        return ignoreUpgrade(server, request, socket, head)
      upgradeTo(this.#realtime, request, socket, head, this.#rules)
    })
    server.on('clientError', onClientError)
    return server
  }
}

/**
 * Makes a server, which listens once {@link TranscriptionServer.listen} is
 * called.
 *
 * @throws OptionError
 */
export const createServer = (options?: ServerOptions): TranscriptionServer =>
  new TranscriptionServer(options)
