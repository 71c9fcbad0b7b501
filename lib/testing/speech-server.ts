import { once } from 'node:events'
import {
  type IncomingMessage,
  STATUS_CODES,
  type Server,
  createServer,
} from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { invalidRequest } from '../openai/wire/service-error.ts'
import { createContext } from '../server/server-context.ts'
import { refuseSocket, urlOf } from '../server/http-messages.ts'
import { RealtimeServer } from '../server/realtime/realtime-server.ts'
import { resolveServerOptions } from '../server/server-options.ts'
import { type FaultAction, checkAction } from './faults.ts'
import { FaultInjector } from './realtime/fault-injector.ts'
import { scriptedRecognizer } from './scripted-recognizer.ts'
import {
  type SpeechServerOptions,
  resolveSpeechServerOptions,
} from './speech-server-options.ts'
import { SpeechServerState } from './speech-server-state.ts'
import type { UploadRecord } from './uploads/scripted-answer.ts'
import { ScriptedUploads } from './uploads/scripted-uploads.ts'

/**
 * A test double of OpenAI's speech-to-text service on this machine: `POST
 * /v1/audio/transcriptions` and `GET /v1/realtime?intent=transcription`. It
 * follows the service event for event, and fails on demand: see {@link
 * FaultAction} and {@link ScriptedAnswer}. It transcribes {@link
 * numberedAudio}, or returns what `transcribe` does.
 */
export class SpeechServer {
  readonly #server: Server
  readonly #realtime: RealtimeServer
  readonly #state: SpeechServerState
  readonly #uploads: ScriptedUploads
  #closing: Promise<void> | undefined

  private constructor(options: SpeechServerOptions) {
    const resolved = resolveSpeechServerOptions(options)
    this.#state = new SpeechServerState(resolved)
    this.#uploads = new ScriptedUploads(this.#state)
    this.#server = resolved.tls
      ? createSecureServer(resolved.tls)
      : createServer()
    this.#realtime = new RealtimeServer({
      ...createContext(
        {
          ...resolveServerOptions(
            { recognizer: scriptedRecognizer() },
            'openai',
          ),
          maxSessions: Infinity,
          maxIdleMs: Infinity,
          maxSessionMs: resolved.maxSessionMs,
          pingMs: resolved.pingMs,
        },
        resolved.accepts,
      ),
      hooks: (webSocket, socket) =>
        new FaultInjector(this.#state, webSocket, socket),
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
   * Opens a server on a free port of 127.0.0.1.
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

  /** Port that it listens on. */
  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  /** The `baseURL` for OpenAI's clients. */
  get baseURL(): string {
    const scheme = this.#state.options.tls ? 'https' : 'http'
    return `${scheme}://127.0.0.1:${this.port}/v1`
  }

  /** Open Realtime sessions, without stalled ones. */
  get sessions(): number {
    return this.#state.sessions.size
  }

  /** Realtime connections so far, including refused ones. */
  get connections(): number {
    return this.#state.connections
  }

  /** Uploads so far, in the order of their answers. */
  get requests(): readonly UploadRecord[] {
    return this.#uploads.records
  }

  /** Received Realtime events, by type. */
  get received(): ReadonlyMap<string, number> {
    return this.#state.received
  }

  /** Sent Realtime events by type, including those that a fault stopped. */
  get sent(): ReadonlyMap<string, number> {
    return this.#state.sent
  }

  /**
   * Performs a fault in every open session.
   * @throws OptionError
   */
  inject(action: FaultAction): void {
    checkAction(action)
    for (const session of this.#state.sessions) session.perform([action])
  }

  /** Resumes reading in sessions that have stopped reading. */
  resume(): void {
    for (const session of this.#state.sessions) session.resume()
  }

  /** Drops every connection and timer; resolves when all are closed. */
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
    for (const socket of this.#state.sockets) socket.destroy()
    await Promise.all([closed, ...gone])
  }

  #keep(socket: Socket): void {
    this.#state.sockets.add(socket)
    socket.on('error', () => {}) // the client is gone
    socket.once('close', () => this.#state.sockets.delete(socket))
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const url = urlOf(request)
    const connection = ++this.#state.connections
    const status = url.pathname.endsWith('/realtime')
      ? this.#state.options.statusOf(connection)
      : 404
    if (status === undefined)
      return this.#realtime.upgrade(request, socket, head, url)
    const message = STATUS_CODES[status] ?? ''
    refuseSocket(socket, status, invalidRequest(null, message))
  }
}
