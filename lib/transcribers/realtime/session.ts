import { redact } from '../../core/redact.ts'
import type { RealtimeEndpoint } from '../../io/realtime-endpoint.ts'
import { RealtimeSocket, type SocketEnd } from '../../io/realtime-socket.ts'
import { isFatal, NO_CLOSE } from './refusal.ts'
import type { SessionConfig } from './session-config.ts'
import type { RealtimeTiming } from './timing.ts'
import type { Turn } from './turn.ts'
import {
  dispatch,
  type Completed,
  type WireError,
  type WireHandlers,
} from './wire-events.ts'

/** How a session ended. */
export type SessionEnd = SocketEnd & {
  /** The last error that the server told of, if any. */
  readonly error?: WireError
  /** Whether it was over because its time was. */
  readonly expired: boolean
  /** Whether the server did not take its configuration. */
  readonly misconfigured: boolean
}

/** Who listens to a {@link RealtimeSession}. */
export type SessionListener = {
  /** It is configured, and audio is welcome. */
  onReady(session: RealtimeSession): void
  /** Text of a turn, while it is made. */
  onDelta(turn: Turn, text: string): void
  onCompleted(turn: Turn, event: Completed): void
  /** A turn got no transcript. */
  onFailed(turn: Turn, error: WireError): void
  /** The server found a turn, of which it names the item. */
  onSpeechStarted(session: RealtimeSession, item: string, ms: number): void
  onSpeechStopped(session: RealtimeSession, item: string, ms: number): void
  /** A turn that the server found is whole. */
  onServerCommit(session: RealtimeSession, item: string): void
  /** Something of the server that is no event as they should be. */
  onOddity(problem: string): void
  /** Every event, as it came. */
  onServerEvent(event: { readonly type: string }): void
  /** Once. Nothing comes after it. */
  onEnd(session: RealtimeSession, end: SessionEnd): void
}

/** One attempt at a turn; items are those of attempts. */
type Attempt = { readonly turn: Turn; readonly attempt: number }

/** Whether an attempt goes on: what comes of others is not for the next. */
const isCurrent = ({ turn, attempt }: Attempt): boolean =>
  attempt === turn.attempt

/** An attempt without an answer to its commit. */
type Sending = Attempt & { committed: boolean; item?: string }

/** After so many messages in a row that mean nothing, it is tried anew. */
const MAX_MALFORMED = 5
/** Bytes that wait to be sent, from which on no more are given. */
const HIGH_WATER = 256 * 1_024

/** Name of our event that configures a session, in its answer. */
const CONFIG_EVENT = 'config'
/** Nothing was there to commit: the server had done so itself. */
const EMPTY_COMMIT = 'input_audio_buffer_commit_empty'

/**
 * One session of the Realtime API: a socket that has been configured, with
 * the turns that it was given. Appends and commits go out in the order of the
 * calls; answers find their turn by the item's id.
 */
export class RealtimeSession {
  readonly #listener: SessionListener
  readonly #connecting: Promise<void>
  readonly #config: SessionConfig
  /** For each configuration without an answer: who waits for it, in order. */
  #waiting: (() => void)[] = []
  #answered: Promise<void> = Promise.resolve()
  #socket: RealtimeSocket | undefined
  #ended = false
  #ready = false
  #expired = false
  #misconfigured = false
  #error: WireError | undefined
  #malformed = 0
  #timer: NodeJS.Timeout | undefined
  #drained: Promise<void> | undefined
  /** What was sent, in order: the server commits it in that order. */
  #sendings: Sending[] = []
  /** Turns by item, and which attempt at them it was. */
  readonly #items = new Map<string, Attempt>()
  /** The item that was committed last. */
  #lastItem: string | null = null
  /** Turns without an outcome that are, or may be, with this session. */
  readonly turns = new Set<Turn>()
  /** When the server will end it, in ms since 1970, where it says so. */
  expiresAt: number | undefined
  /** Samples that it was given, of all turns. */
  samples = 0
  readonly begun = performance.now()

  constructor(
    endpoint: RealtimeEndpoint,
    config: SessionConfig,
    timing: RealtimeTiming,
    listener: SessionListener,
  ) {
    this.#listener = listener
    this.#config = config
    const giveUp = (): void => {
      if (this.#ready) return
      const missing = this.#socket?.waitingFor ?? 'no session was created'
      const reason = `${missing} within ${timing.connectMs} ms`
      this.#end({ code: NO_CLOSE, reason })
    }
    // What has arrived is read first: this process may have been busy.
    const wait = (): unknown => setImmediate(giveUp)
    this.#timer = setTimeout(wait, timing.connectMs)
    this.#connecting = RealtimeSocket.open(
      endpoint,
      {
        onEvent: event => this.#take(event),
        onMalformed: () => this.#oddity('a message that is no event'),
        onEnd: end => this.#end(end),
      },
      timing,
    ).then(
      socket => {
        this.#socket = socket
        if (this.#ended) socket.destroy()
      },
      (error: Error) =>
        this.#end({ code: NO_CLOSE, reason: redact(error.message) }),
    )
  }

  /** Whether audio is welcome. */
  get ready(): boolean {
    return this.#ready && !this.#ended
  }

  get ended(): boolean {
    return this.#ended
  }

  /** Resolves when the machine has taken what was sent; none if it has. */
  get drained(): Promise<void> | undefined {
    return (this.#socket?.bufferedAmount ?? 0) > HIGH_WATER
      ? this.#drained
      : undefined
  }

  /** Sends audio (s16le at 24 kHz) of a turn, or of none. */
  append(bytes: Buffer, turn?: Turn): void {
    if (turn) this.#sendingOf(turn)
    this.samples += bytes.length / 2
    const audio = bytes.toString('base64')
    const json = `{"type":"input_audio_buffer.append","audio":"${audio}"}`
    this.#drained = new Promise(resolve => this.#send(json, resolve))
  }

  /** Says that a turn is whole. */
  commit(turn: Turn): void {
    this.#sendingOf(turn).committed = true
    this.#send(`{"type":"input_audio_buffer.commit","event_id":"${turn.id}"}`)
  }

  /** Ends a turn that the server found, without waiting for silence. */
  commitFound(): void {
    this.#send('{"type":"input_audio_buffer.commit"}')
  }

  /** Has the server forget what was not committed. */
  clear(): void {
    this.#sendings = this.#sendings.filter(({ committed }) => committed)
    this.#send('{"type":"input_audio_buffer.clear"}')
  }

  /** Changes the configuration; with none, it only has the server answer. */
  configure(config: Partial<SessionConfig> = {}): void {
    if (this.#ended) return
    this.#answered = new Promise(resolve => this.#waiting.push(resolve))
    this.#send(
      JSON.stringify({
        type: 'session.update',
        event_id: CONFIG_EVENT,
        session: { type: 'transcription', ...config },
      }),
    )
  }

  /**
   * Resolves when the server has answered the last {@link configure}, and so
   * has read what was sent before; or when the session is over.
   */
  answered(): Promise<void> {
    return this.#answered
  }

  /** A turn that the server found has this item. */
  adopt(item: string, turn: Turn): void {
    this.#items.set(item, { turn, attempt: turn.attempt })
    this.turns.add(turn)
  }

  /** The turn of an item. */
  turnOf(item: string): Turn | undefined {
    return this.#items.get(item)?.turn
  }

  /** A turn needs no more answer. */
  release(turn: Turn): void {
    this.turns.delete(turn)
  }

  /** Takes leave of the server; nothing more is heard of it. */
  async close(): Promise<void> {
    this.#stop()
    await this.#connecting
    await this.#socket?.close()
  }

  /** Ends it at once. */
  async destroy(): Promise<void> {
    this.#stop()
    await this.#connecting
    this.#socket?.destroy()
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve()
  }

  #stop(): void {
    this.#ended = true
    this.#wake()
    clearTimeout(this.#timer)
  }

  #send(json: string, onSent?: () => void): void {
    if (this.#socket) this.#socket.send(json, onSent)
    else onSent?.()
  }

  #take(event: { readonly type: string }): void {
    if (this.#ended) return
    this.#listener.onServerEvent(event)
    if (this.#ended) return // whoever listens may have ended it
    if (dispatch(event, this.#handlers) === 'malformed')
      this.#oddity(
        `an event '${event.type.slice(0, 80)}' without what it has to have`,
      )
    else this.#malformed = 0
  }

  #oddity(problem: string): void {
    if (this.#ended) return
    this.#listener.onOddity(`the server sent ${problem}; it was ignored`)
    if (++this.#malformed < MAX_MALFORMED) return
    this.#end({ code: NO_CLOSE, reason: 'the server sends no events any more' })
  }

  #end(end: SocketEnd): void {
    if (this.#ended) return
    this.#stop()
    this.#socket?.destroy()
    this.#listener.onEnd(this, {
      ...end,
      ...(this.#error && { error: this.#error }),
      expired: this.#expired,
      misconfigured: this.#misconfigured,
    })
  }

  /** The attempt that is being sent, which this call may begin. */
  #sendingOf(turn: Turn): Sending {
    this.turns.add(turn)
    const { attempt } = turn
    const last = this.#sendings.at(-1)
    if (last && !last.committed && last.turn === turn) return last
    const sending = { turn, attempt, committed: false }
    this.#sendings.push(sending)
    return sending
  }

  /** An item with text before it is committed: the first that has none yet. */
  #adoptNext(item: string): void {
    const next = this.#sendings.find(sending => sending.item === undefined)
    if (!next) return
    next.item = item
    this.#items.set(item, next)
  }

  #onCommitted(item: string, previous: string | null | undefined): void {
    // Where an answer was lost, the next one would be taken for it.
    const lost = previous !== undefined && previous !== this.#lastItem
    if (lost) return this.#fail('an answer of the server was lost')
    this.#lastItem = item
    const [next] = this.#sendings
    if (!next?.committed) return this.#listener.onServerCommit(this, item)
    this.#sendings.shift()
    this.#items.set(item, next)
  }

  #onError(error: WireError): void {
    this.#error = error
    if (error.code === 'session_expired') {
      this.#expired = true
      return // the server closes it now
    }
    const refused = this.#sendings.find(
      ({ turn, committed }) => committed && turn.id === error.event_id,
    )
    if (refused) {
      this.#sendings = this.#sendings.filter(one => one !== refused)
      this.#failAttempt(refused, error)
    } else if (!this.#ready || error.event_id === CONFIG_EVENT) {
      // It may stay open, but of no use.
      this.#misconfigured = true
      this.#fail(error.message ?? 'the session was refused')
    } else if (isFatal(error)) this.#fail(error.message ?? '')
    else if (error.code !== EMPTY_COMMIT)
      this.#listener.onOddity(
        `the server says: ${redact(error.message ?? String(error.code))}`,
      )
  }

  #failAttempt(attempt: Attempt | undefined, error: WireError): void {
    if (attempt && isCurrent(attempt))
      this.#listener.onFailed(attempt.turn, error)
  }

  #fail(reason: string): void {
    this.#end({ code: NO_CLOSE, reason })
  }

  readonly #handlers: WireHandlers = {
    'session.created': ({ session }) => {
      if (session.expires_at) this.expiresAt = session.expires_at * 1_000
      this.configure(this.#config)
    },
    'session.updated': () => {
      this.#waiting.shift()?.()
      if (this.#ready) return
      this.#ready = true
      clearTimeout(this.#timer)
      this.#listener.onReady(this)
    },
    'input_audio_buffer.speech_started': ({ item_id, audio_start_ms }) =>
      this.#listener.onSpeechStarted(this, item_id, audio_start_ms),
    'input_audio_buffer.speech_stopped': ({ item_id, audio_end_ms }) =>
      this.#listener.onSpeechStopped(this, item_id, audio_end_ms),
    'input_audio_buffer.committed': ({ item_id, previous_item_id }) =>
      this.#onCommitted(item_id, previous_item_id),
    'conversation.item.input_audio_transcription.delta': event => {
      const { item_id: item, delta } = event
      if (!this.#items.has(item)) this.#adoptNext(item)
      const found = this.#items.get(item)
      if (found && isCurrent(found)) this.#listener.onDelta(found.turn, delta)
    },
    'conversation.item.input_audio_transcription.completed': event => {
      const turn = this.turnOf(event.item_id)
      if (turn) this.#listener.onCompleted(turn, event)
    },
    'conversation.item.input_audio_transcription.failed': event =>
      this.#failAttempt(this.#items.get(event.item_id), event.error ?? {}),
    error: ({ error }) => this.#onError(error),
  }
}
