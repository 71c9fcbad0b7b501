import type { Socket } from 'node:net'
import type { RawData, WebSocket } from 'ws'
import { notSupported, readEvent } from '../../openai/wire/client-event.ts'
import { describeSession } from '../../openai/wire/server-event.ts'
import { type FaultAction, isTranscriptFault } from '../faults.ts'
import { FrameWatch } from '../frame-watch.ts'
import { newId } from '../../openai/wire/ids.ts'
import { reset } from '../reset.ts'
import type { ServerState } from '../server-state.ts'
import { sessionExpired } from '../../openai/wire/service-error.ts'
import { Timers } from '../timers.ts'
import { clientEvents } from './client-events.ts'
import { Outbox } from './outbox.ts'
import {
  type SessionConfig,
  defaultConfig,
} from '../../openai/wire/session-config.ts'
import { TurnTaker } from './turn-taker.ts'

/** One connection of Realtime, from `session.created` to its close. */
export class RealtimeSession {
  readonly id: string = newId('sess')
  readonly outbox: Outbox
  readonly state: ServerState
  readonly turns: TurnTaker
  readonly #socket: WebSocket
  readonly #raw: Socket
  readonly #timers = new Timers()
  readonly #watch = new FrameWatch()
  readonly #expiresAt: number
  /** Model in the URL: a session for talks, which transcribes nothing. */
  readonly #talkModel: string | undefined
  #config: SessionConfig = defaultConfig
  #gone = false

  constructor(
    socket: WebSocket,
    raw: Socket,
    state: ServerState,
    talkModel?: string,
  ) {
    this.#socket = socket
    this.#raw = raw
    this.state = state
    this.#talkModel = talkModel
    const { maxSessionMs, pingMs } = state.options
    this.#expiresAt = Math.floor((Date.now() + maxSessionMs) / 1_000)
    this.outbox = new Outbox({
      socket,
      timers: this.#timers,
      announce: type => this.#announce(type),
    })
    this.turns = new TurnTaker(this, this.#timers)
    socket.on('message', (data, binary) => this.#receive(data, binary))
    socket.on('ping', data => {
      if (!this.#gone) socket.pong(data)
    })
    this.#timers.after(maxSessionMs, () => this.expire())
    if (pingMs > 0)
      this.#timers.every(pingMs, () => socket.ping(Buffer.alloc(4)))
    this.outbox.send({ type: 'session.created', session: this.describe() })
  }

  get config(): SessionConfig {
    return this.#config
  }

  set config(config: SessionConfig) {
    const before = this.#config
    this.#config = config
    this.turns.configure(before, config)
  }

  /** Whether it is one for talks, opened with a model. */
  get talks(): boolean {
    return this.#talkModel !== undefined
  }

  /** Whether the server still serves it. */
  get gone(): boolean {
    return this.#gone
  }

  /** The session as `session.created` and `session.updated` show it. */
  describe(): Record<string, unknown> {
    return this.#talkModel === undefined
      ? describeSession(this.id, this.#expiresAt, this.#config)
      : {
          id: this.id,
          expires_at: this.#expiresAt,
          object: 'realtime.session',
          type: 'realtime',
          model: this.#talkModel,
        }
  }

  /** Says that its time is over, and closes it. */
  expire(): void {
    this.outbox.error(sessionExpired)
    this.#close(1001, sessionExpired.message)
  }

  /** Goes on reading. */
  resume(): void {
    if (!this.#gone) this.#socket.resume()
  }

  /** Does what is due as audio comes in; false where nothing else shall. */
  watch(samples: Int16Array): boolean {
    if (!this.state.options.plan.awaitsFrames) return true
    for (const frame of this.#watch.push(samples))
      if (!this.perform(this.state.options.plan.frame(frame))) return false
    return true
  }

  /** Makes faults happen; false where the session is over with them. */
  perform(actions: readonly FaultAction[]): boolean {
    for (const action of actions) {
      if (isTranscriptFault(action)) this.turns.spoil(action)
      else this.#break(action)
      if (this.#gone) return false
    }
    return true
  }

  /** The connection is closed. */
  end(): void {
    this.#gone = true
    this.outbox.shut()
    this.#timers.close()
  }

  #break(action: Exclude<FaultAction, Parameters<TurnTaker['spoil']>[0]>) {
    if (typeof action === 'string') this.#breaks[action]()
    else if ('close' in action) this.#close(action.close, action.reason)
    else if ('slow' in action) this.outbox.slow(action.slow)
    else this.outbox.text(action.send)
  }

  readonly #breaks = {
    reset: () => {
      this.end()
      reset(this.#raw)
    },
    end: () => {
      this.end()
      this.#raw.end()
    },
    expire: () => this.expire(),
    stall: () => {
      this.end()
      this.#socket.pause()
      this.state.stalled(this)
    },
    'stop-reading': () => this.#socket.pause(),
  }

  #close(code: number, reason?: string): void {
    this.outbox.close(code, reason)
    this.#gone = true
  }

  #announce(type: string): boolean {
    this.state.sent.add(type)
    return this.perform(this.state.options.plan.event(type))
  }

  #receive(data: RawData, binary: boolean): void {
    if (this.#gone) return
    const read = readEvent(data as Buffer, binary)
    if ('error' in read) return this.outbox.error(read.error, read.id)
    const { type, event, id } = read
    this.state.received.add(type)
    if (!this.perform(this.state.options.plan.event(type))) return
    const answer = clientEvents[type]
    const error = answer ? answer(this, event) : notSupported(type)
    if (error) this.outbox.error(error, id)
  }
}
