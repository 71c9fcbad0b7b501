import type { Socket } from 'node:net'
import type { RawData, WebSocket } from 'ws'
import { type FaultAction, isTranscriptFault } from '../faults.ts'
import { FrameWatch } from '../frame-watch.ts'
import { newId } from '../ids.ts'
import { reset } from '../reset.ts'
import type { ServerState } from '../server-state.ts'
import {
  type ServiceErrorBody,
  invalidRequest,
  sessionExpired,
} from '../service-error.ts'
import { Timers } from '../timers.ts'
import { clientEvents, supportedEvents } from './client-events.ts'
import { Outbox } from './outbox.ts'
import { type SessionConfig, defaultConfig } from './session-config.ts'
import { TurnTaker } from './turn-taker.ts'

/** An event of the client; anything may be in it. */
export type ClientEvent = Readonly<Record<string, unknown>>

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
    const facts = { id: this.id, expires_at: this.#expiresAt }
    return this.#talkModel === undefined
      ? {
          ...facts,
          object: 'realtime.transcription_session',
          type: 'transcription',
          ...this.#config,
        }
      : {
          ...facts,
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
    if (binary)
      return this.outbox.error(
        invalidRequest(
          'invalid_event',
          'Expected a text WebSocket message; binary frames are not supported.',
        ),
      )
    let event: unknown
    try {
      event = JSON.parse((data as Buffer).toString())
    } catch {
      return this.outbox.error(
        invalidRequest('invalid_json', 'We could not parse the JSON body.'),
      )
    }
    if (typeof event !== 'object' || event === null || Array.isArray(event))
      return this.outbox.error(
        invalidRequest('invalid_event', 'Expected a JSON object.'),
      )
    this.#handle(event as ClientEvent)
  }

  #handle(event: ClientEvent): void {
    const { type, event_id: id } = event
    const eventId = typeof id === 'string' ? id : null
    const refuse = (error: ServiceErrorBody) =>
      this.outbox.error(error, eventId)
    if (type === undefined)
      return refuse(
        invalidRequest(
          'missing_required_parameter',
          "Missing required parameter: 'type'.",
          'type',
        ),
      )
    if (typeof type !== 'string' || !supportedEvents.includes(type))
      return refuse(
        invalidRequest(
          'invalid_value',
          `Invalid value: '${typeof type === 'string' ? type : JSON.stringify(type)}'. Supported values are: ${listed}.`,
          'type',
        ),
      )
    this.state.received.add(type)
    if (!this.perform(this.state.options.plan.event(type))) return
    const error = clientEvents[type]?.(this, event)
    if (error) refuse(error)
    else if (!clientEvents[type])
      refuse(
        invalidRequest(
          null,
          `'${type}' is not supported in a transcription session.`,
          'type',
        ),
      )
  }
}

const quoted = supportedEvents.map(name => `'${name}'`)
const listed = `${quoted.slice(0, -1).join(', ')}, and ${quoted.at(-1)}`
