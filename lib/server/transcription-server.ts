import { once } from 'node:events'
import {
  type IncomingMessage,
  type RequestListener,
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

const UPGRADE_HEADERS = new Set(['connection', 'upgrade', 'http2-settings'])

/**
 * Ignores the upgrade that a request asks for, which any server may do: Java's
 * HTTP client and `curl --http2` ask for HTTP/2 with every request. Node stops
 * parsing HTTP on such a socket, so it gets the request again, without the
 * upgrade headers.
 */
const ignoreUpgrade = (
  server: Server,
  { method, url, rawHeaders }: IncomingMessage,
  socket: Duplex,
  head: Buffer,
): void => {
  const lines = [`${method} ${url} HTTP/1.1`]
  for (let i = 0; i < rawHeaders.length; i += 2)
    if (!UPGRADE_HEADERS.has(rawHeaders[i]!.toLowerCase()))
      lines.push(`${rawHeaders[i]}: ${rawHeaders[i + 1]}`)
  const again = Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1')
  socket.unshift(Buffer.concat([again, head]))
  server.emit('connection', socket)
}

/** Longest head of a request, in bytes. */
const MAX_HEAD = 16_384

/** How long an idle connection is kept, in ms. */
const KEEP_ALIVE_MS = 5_000

/**
 * A server for OpenAI's speech-to-text protocols that transcribes on this
 * machine: uploads (`POST /v1/audio/transcriptions`), Realtime sessions (`GET
 * /v1/realtime?intent=transcription`), their secrets for browsers (`POST
 * /v1/realtime/client_secrets`), the models (`GET /v1/models`), `GET /health`
 * and `GET /metrics`. Create one with {@link createServer}.
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
    this.#server = this.#createHttpServer(resolved.maxStallMs)
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
  get active(): {
    /** Open Realtime sessions. */
    readonly sessions: number
    /** Uploads in progress. */
    readonly uploads: number
  } {
    return this.#context.metrics.active
  }

  /**
   * Finds or downloads the model and starts the engine, so that the first
   * request does not wait.
   * @throws {ModelMissingError} if the model is not available
   */
  ready(): Promise<void> {
    return this.#context.engines.warmUp()
  }

  /**
   * Listens; resolves once clients can connect.
   * @throws OptionError if the address is not available, or is open to other
   * machines while there are no `apiKeys`
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
   * Refuses new work, finishes work in progress within `graceMs`, and stops the
   * engine. Can be called again.
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

  #createHttpServer(maxStallMs: number): Server {
    const server = createHttpServer({
      maxHeaderSize: MAX_HEAD,
      headersTimeout: maxStallMs,
      // A recording in progress is uploaded for as long as it takes.
      requestTimeout: 0,
      keepAliveTimeout: KEEP_ALIVE_MS,
      connectionsCheckingInterval: Math.min(maxStallMs, 5_000),
    })
    const handle: RequestListener = (request, response) =>
      this.#handler.handle(request, response, this.#rules)
    server.on('request', handle)
    // The handler sends the go-ahead that such a client, as curl, waits for.
    server.on('checkContinue', handle)
    server.on('upgrade', (request, socket, head) => {
      if (request.headers.upgrade?.toLowerCase() === 'websocket')
        this.#upgrade(request, socket, head)
      else ignoreUpgrade(server, request, socket, head)
    })
    server.on('clientError', onClientError)
    return server
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const verdict = checkSource(request.headers, this.#rules)
    if (!verdict.allowed) return refuseSocket(socket, 403, verdict.error)
    const url = urlOf(request)
    if (url.pathname === '/v1/realtime')
      return this.#realtime.upgrade(request, socket, head, url)
    const message = `Invalid URL (${request.method} ${url.pathname})`
    refuseSocket(socket, 404, invalidRequest(null, message))
  }
}

/**
 * Creates a server; {@link TranscriptionServer.listen} starts it.
 * @throws OptionError
 */
export const createServer = (options?: ServerOptions): TranscriptionServer =>
  new TranscriptionServer(options)
