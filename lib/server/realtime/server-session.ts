import type { RawData, WebSocket } from 'ws'
import {
  type ClientEvent,
  conversationUpdate,
  notSupported,
  readAppend,
  readEvent,
} from '../../openai/wire/client-event.ts'
import { newId, describeSession } from '../../openai/wire/server-event.ts'
import {
  serverError,
  sessionExpired,
  shuttingDown,
} from '../../openai/wire/service-error.ts'
import type { SessionConfig } from '../../openai/wire/session-config.ts'
import type { Engines } from '../engines.ts'
import type { ServerContext } from '../server-context.ts'
import { BackpressureGate, Outbox } from './session-socket.ts'
import type { SessionHooks } from './session-hooks.ts'
import { changeConfig } from './session-plan.ts'
import { SessionTimeouts } from '../timeouts.ts'
import { TurnController } from './turn-controller.ts'

/** Later events wait for an append longer than this, in ms. */
const LONG_MS = 1_000

export type ServerSessionOptions = {
  readonly config: SessionConfig
  /** Model of a conversation session, which transcribes nothing. */
  readonly conversationModel?: string
  readonly hooks?: SessionHooks
}

/** One connection of Realtime, from `session.created` to its close. */
export class ServerSession {
  readonly #id = newId('sess')
  readonly #expiresAt: number
  readonly outbox: Outbox
  readonly #conversationModel: string | undefined
  readonly #gate: BackpressureGate
  readonly #queue: StepQueue
  readonly #timeouts: SessionTimeouts
  readonly #turns: TurnController
  readonly #engines: Engines
  #config: SessionConfig
  /** Received audio that the engine does not have yet, in ms. */
  #waitingMs = 0
  /** Whether a check for more events is scheduled. */
  #idleCheckPending = false
  #ignoring = false
  #ended = false

  constructor(
    socket: WebSocket,
    context: ServerContext,
    { config, conversationModel, hooks }: ServerSessionOptions,
  ) {
    this.#config = config
    this.#conversationModel = conversationModel
    const { options, engines } = context
    this.#engines = engines
    this.#expiresAt = Math.floor((Date.now() + options.maxSessionMs) / 1_000)
    this.outbox = new Outbox(socket, () => this.#gate.check(), hooks)
    this.#turns = new TurnController(context, this.outbox, config)
    this.#queue = new StepQueue(
      () => this.outbox.error(serverError),
      () => this.#onIdle(),
    )
    this.#gate = new BackpressureGate(socket, () => ({
      audioMs: this.#waitingMs,
      steps: this.#queue.length,
      outBytes: this.outbox.waiting,
    }))
    this.#timeouts = new SessionTimeouts(socket, options, {
      onExpired: () => this.expire(),
      onIdle: () => this.close(1001, 'The client sent nothing for too long.'),
      onDead: () => {
        if (!engines.isStrict) socket.terminate()
      },
      isBusy: () => this.#gate.isBusy,
    })
    socket.on('message', (data, binary) => this.#receive(data, binary))
    if (hooks)
      socket.on('ping', data => {
        if (!this.#ended) socket.pong(data)
      })
    hooks?.attach(this)
    this.outbox.send({ type: 'session.created', session: this.#describe() })
  }

  get config(): SessionConfig {
    return this.#config
  }

  get ended(): boolean {
    return this.#ended
  }

  /** Ignores new events, answers committed turns, and closes the session. */
  finish(): void {
    if (this.#ignoring) return
    this.#ignoring = true
    this.#queue.add(async () => {
      await this.#turns.settled()
      this.close(1001, shuttingDown.message)
    })
  }

  end(): void {
    this.#ignoring = true
    this.#ended = true
    this.#timeouts.close()
    this.#queue.close()
    this.#turns.close()
    this.outbox.shut()
  }

  expire(): void {
    this.outbox.error(sessionExpired)
    this.close(1001, sessionExpired.message)
  }

  /** With 1005 the close frame has no code. */
  close(code: number, reason?: string): void {
    this.outbox.close(code, reason)
    this.end()
    this.#gate.release() // the client's close frame is still to be read
  }

  stopReading(): void {
    this.#gate.suspend()
  }

  resume(): void {
    if (!this.#ended) this.#gate.release()
  }

  #describe(): Record<string, unknown> {
    return this.#conversationModel === undefined
      ? describeSession(this.#id, this.#expiresAt, this.#config)
      : {
          id: this.#id,
          expires_at: this.#expiresAt,
          object: 'realtime.session',
          type: 'realtime',
          model: this.#conversationModel,
        }
  }

  #receive(data: RawData, binary: boolean): void {
    if (this.#ignoring) return
    this.#timeouts.touch()
    try {
      this.#handle(data as Buffer, binary)
    } catch {
      this.outbox.error(serverError)
    }
    this.#gate.check()
  }

  #handle(data: Buffer, binary: boolean): void {
    const read = readEvent(data, binary)
    const { id } = read
    if ('error' in read)
      return this.#queue.add(() => this.outbox.error(read.error, id))
    const { type, event } = read
    const step = this.#stepOf(type, event, id)
    this.#queue.add(() => {
      this.outbox.hooks?.onReceived(type, event)
      return this.#ended ? undefined : step()
    })
  }

  #stepOf(type: string, event: ClientEvent, id: string | null): Step {
    switch (type) {
      case 'session.update':
        return () => this.#update(event, id)
      case 'input_audio_buffer.append':
        return this.#append(event, id)
      case 'input_audio_buffer.commit':
        return () => this.#turns.commit(id)
      case 'input_audio_buffer.clear':
        return () => this.#turns.clear()
      default:
        return () => this.outbox.error(notSupported(type), id)
    }
  }

  #append(event: ClientEvent, id: string | null): Step {
    const read = readAppend(event)
    if ('error' in read) return () => this.outbox.error(read.error, id)
    const { bytes } = read
    const ms = this.#turns.msOf(bytes.length)
    this.#waitingMs += ms
    return () => {
      const taken = this.#turns.append(bytes).then(() => {
        this.#waitingMs -= ms
        this.#gate.check()
        this.outbox.hooks?.onAppended(ms)
      })
      return this.outbox.hooks || ms > LONG_MS ? taken : undefined
    }
  }

  async #update({ session }: ClientEvent, id: string | null): Promise<void> {
    if (this.#conversationModel !== undefined)
      return this.outbox.error(conversationUpdate, id)
    const changed = changeConfig(this.#config, session, this.#engines)
    if ('error' in changed) return this.outbox.error(changed.error, id)
    await this.#turns.configure(changed.config)
    this.#config = changed.config
    this.outbox.send({ type: 'session.updated', session: this.#describe() })
  }

  /** Processes the audio so far, unless events are waiting. */
  #onIdle(): void {
    this.#gate.check()
    if (this.#idleCheckPending) return
    this.#idleCheckPending = true
    setImmediate(() => {
      this.#idleCheckPending = false
      if (!this.#ended && this.#queue.length === 0) this.#turns.process()
    })
  }
}

/** Later steps wait for one that returns a promise. */
type Step = () => void | Promise<void>

/** Runs steps one after another; synchronously if none is running. */
class StepQueue {
  readonly #steps: Step[] = []
  readonly #onError: (error: unknown) => void
  readonly #onFree: () => void
  #busy = false
  #closed = false

  /** @param onFree called when no step is left */
  constructor(onError: (error: unknown) => void, onFree: () => void) {
    this.#onError = onError
    this.#onFree = onFree
  }

  get length(): number {
    return this.#steps.length
  }

  add(step: Step): void {
    if (this.#closed) return
    this.#steps.push(step)
    if (!this.#busy) void this.#run()
  }

  /** Drops waiting steps, and accepts no more. */
  close(): void {
    this.#closed = true
    this.#steps.length = 0
  }

  async #run(): Promise<void> {
    this.#busy = true
    for (let step = this.#steps.shift(); step; step = this.#steps.shift())
      try {
        const done = step()
        if (done) await done
      } catch (error) {
        this.#onError(error)
      }
    this.#busy = false
    this.#onFree()
  }
}
