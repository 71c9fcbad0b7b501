import { redact } from '../../core/redact.ts'
import type { RealtimeRequestBuilder } from '../../io/realtime-request.ts'
import { RealtimeSocket, type SocketEnd } from '../../io/realtime-socket.ts'
import {
  ProtocolVersion,
  dispatch,
  type Completed,
  type WireError,
  type WireHandlers,
  isFatal,
  NO_CLOSE,
  type SessionEnd,
} from './wire-events.ts'
import { isCurrent, ItemTracker, type Attempt } from './item-tracker.ts'
import type {
  SessionConfig,
  SessionPlan,
  RealtimeTiming,
} from './session-settings.ts'
import type { Turn } from './turn-queue.ts'

export type SessionListener = {
  onReady(session: RealtimeSession): void
  onDelta(turn: Turn, text: string): void
  onCompleted(session: RealtimeSession, turn: Turn, event: Completed): void
  onFailed(session: RealtimeSession, turn: Turn, error: WireError): void
  /** The server detected a turn and names its item. */
  onSpeechStarted(session: RealtimeSession, item: string, ms: number): void
  onSpeechStopped(session: RealtimeSession, item: string, ms: number): void
  /**
   * The server committed a turn that it detected.
   *
   * @param previous the item committed before it; undefined if its event was
   *   lost
   */
  onServerCommit(
    session: RealtimeSession,
    item: string,
    previous: string | null | undefined,
  ): void
  /**
   * An answer cannot be assigned to a turn.
   *
   * @param isWaiting whether several turns are waiting for one
   */
  onUnmatchedAnswer(session: RealtimeSession, isWaiting: boolean): void
  /** The server answers with items that it did not commit. */
  onUnknownItem(): void
  onProtocolWarning(problem: string): void
  onServerEvent(event: { readonly type: string }): void
  /** Called once, last. */
  onEnd(session: RealtimeSession, end: SessionEnd): void
}

/** Consecutive malformed messages after which to reconnect. */
const MAX_MALFORMED = 5
/** Most bytes to buffer; even a slow line sends them between two pings. */
const HIGH_WATER = 64 * 1_024

const CONFIG_EVENT = 'config'
/** Error code of a commit after the server had committed the audio itself. */
const EMPTY_COMMIT = 'input_audio_buffer_commit_empty'

/**
 * A session of the Realtime API: a configured socket and the turns sent to it.
 * Appends and commits are sent in the order of the calls; answers are assigned
 * to turns by item id.
 */
export class RealtimeSession {
  readonly #listener: SessionListener
  readonly #config: SessionConfig
  readonly #items: ItemTracker
  /** Resolve, in order, when the server answers a configuration. */
  #configureWaiters: (() => void)[] = []
  #answered: Promise<void> = Promise.resolve()
  #socket: RealtimeSocket | undefined
  #ended = false
  #retired = false
  #ready = false
  readonly #version = new ProtocolVersion()
  #expired = false
  #misconfigured = false
  #error: WireError | undefined
  #malformed = 0
  #timer: NodeJS.Timeout | undefined
  #drained: Promise<void> | undefined
  #onDrained: (() => void) | undefined
  /** Turns sent to it that have no outcome, with the number of the attempt. */
  readonly turns = new Map<Turn, number>()
  /** Lifetime by the server's clock, in ms, if the server announces it. */
  lifetimeMs: number | undefined
  samples = 0
  readonly begun = performance.now()

  constructor(
    endpoint: RealtimeRequestBuilder,
    plan: SessionPlan,
    timing: RealtimeTiming,
    listener: SessionListener,
  ) {
    this.#listener = listener
    this.#config = plan.config
    this.#items = new ItemTracker(plan.family === 'live')
    const giveUp = (): void => {
      if (this.#ready) return
      const missing = this.#socket?.waitingFor ?? 'no session was created'
      const reason = `${missing} within ${timing.connectMs} ms`
      this.#end({ code: NO_CLOSE, reason })
    }
    // Reads what has arrived first: this process may have been busy.
    const wait = (): unknown => setImmediate(giveUp)
    this.#timer = setTimeout(wait, timing.connectMs)
    RealtimeSocket.open(
      endpoint,
      {
        onEvent: event => this.#handle(event),
        onMalformed: () =>
          this.#warnOfProtocol('a message that is not an event'),
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

  get ready(): boolean {
    return this.#ready && !this.ended
  }

  /** Whether nothing more may be sent. */
  get ended(): boolean {
    return this.#ended || this.#retired
  }

  /** Unanswered turns whose latest attempt is in this session. */
  get waiting(): Turn[] {
    return [...this.turns]
      .filter(([turn, attempt]) => !turn.outcome && turn.attempt === attempt)
      .map(([turn]) => turn)
  }

  get unanswered(): number {
    return this.#items.unanswered
  }

  /** Resolves when the socket's buffer is empty; undefined if it is small. */
  get drained(): Promise<void> | undefined {
    return (this.#socket?.bufferedAmount ?? 0) > HIGH_WATER
      ? this.#drained
      : undefined
  }

  /**
   * Sends audio (s16le at 24 kHz); without `turn`, the server detects turns.
   */
  append(bytes: Buffer, turn?: Turn): void {
    if (turn) this.#begin(turn)
    else this.#items.expectServerTurns()
    this.samples += bytes.length / 2
    const audio = bytes.toString('base64')
    const json = `{"type":"input_audio_buffer.append","audio":"${audio}"}`
    this.#drained = new Promise(resolve => {
      this.#onDrained = resolve
      this.#send(json, resolve)
    })
  }

  commit(turn: Turn): void {
    this.#begin(turn).committed = true
    this.#send(`{"type":"input_audio_buffer.commit","event_id":"${turn.id}"}`)
  }

  /** Commits what the server has, without waiting for silence. */
  commitFound(): void {
    this.#send('{"type":"input_audio_buffer.commit"}')
  }

  clear(): void {
    this.#items.clear()
    this.#send('{"type":"input_audio_buffer.clear"}')
  }

  /** Changes the configuration; without one, only requests an answer. */
  configure(config: Partial<SessionConfig> = {}): void {
    if (this.ended) return
    this.#answered = new Promise(resolve =>
      this.#configureWaiters.push(resolve),
    )
    for (const update of this.#version.updatesOf(config))
      this.#send(JSON.stringify({ ...update, event_id: CONFIG_EVENT }))
  }

  /**
   * Resolves when the server has answered the last {@link configure}, and so
   * has read everything sent before; or when the session ends.
   */
  answered(): Promise<void> {
    return this.#answered
  }

  assignItem(item: string, turn: Turn): void {
    this.#items.assign(item, turn)
    this.turns.set(turn, turn.attempt)
  }

  turnOf(item: string): Turn | undefined {
    return this.#items.turnOf(item)
  }

  /** Stops waiting for a turn's answer. */
  release(turn: Turn): void {
    this.turns.delete(turn)
  }

  /** Stops sending; answers to what was sent still count. */
  retire(): void {
    this.#retired = true
    this.#wake()
  }

  /** Closes it without further callbacks. */
  async close(): Promise<void> {
    this.#stop()
    await this.#socket?.close()
  }

  /** Ends it immediately without further callbacks. */
  destroy(): void {
    this.#stop()
    this.#socket?.destroy()
  }

  /** Ends it as lost, so that unanswered turns are sent to another. */
  fail(reason: string): void {
    this.#end({ code: NO_CLOSE, reason })
  }

  #wake(): void {
    for (const resolve of this.#configureWaiters.splice(0)) resolve()
    this.#onDrained?.()
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

  #handle(event: { readonly type: string }): void {
    if (this.#ended) return
    this.#listener.onServerEvent(event)
    if (this.#ended) return // a listener may have ended it
    if (
      dispatch(this.#version.translate(event), this.#handlers) === 'malformed'
    )
      this.#warnOfProtocol(
        `an event '${event.type.slice(0, 80)}' without its required fields`,
      )
    else this.#malformed = 0
  }

  #warnOfProtocol(problem: string): void {
    if (this.#ended) return
    this.#listener.onProtocolWarning(
      `the server sent ${problem}; it was ignored`,
    )
    if (++this.#malformed < MAX_MALFORMED) return
    this.#end({ code: NO_CLOSE, reason: 'the server no longer sends events' })
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

  #begin(turn: Turn): Attempt {
    this.turns.set(turn, turn.attempt)
    return this.#items.attemptAt(turn)
  }

  #onCommitted(item: string, previous: string | null | undefined): void {
    const follows = this.#items.follows(previous)
    const commitment = this.#items.commit(item, previous)
    if (commitment === 'found')
      this.#listener.onServerCommit(
        this,
        item,
        follows ? (previous ?? null) : undefined,
      )
    else if (commitment === 'repeated')
      this.#warnOfProtocol('a turn as committed that it had committed before')
    else if (commitment === 'unclear')
      this.#listener.onUnmatchedAnswer(this, true)
  }

  #attemptOf(item: string): Attempt | undefined {
    const attempt = this.#items.attemptOfAnswer(item)
    if (typeof attempt === 'string') {
      this.#listener.onUnmatchedAnswer(this, attempt === 'unclear')
      return undefined
    }
    if (attempt.confirmed && !this.#items.wasCommitted(item))
      this.#listener.onUnknownItem()
    return attempt
  }

  #onError(error: WireError): void {
    this.#error = error
    if (error.code === 'session_expired') {
      this.#expired = true
      return // the server closes it now
    }
    const refused = this.#items.takeRefused(error.event_id)
    if (refused) this.#failAttempt(refused, error)
    else if (!isFatal(error) && this.#version.takeExcuse()) return
    else if (!this.#ready || error.event_id === CONFIG_EVENT) {
      // The server may keep such a session open.
      this.#misconfigured = true
      this.fail(error.message ?? 'the session was refused')
    } else if (isFatal(error)) this.fail(error.message ?? '')
    else if (error.code !== EMPTY_COMMIT)
      this.#listener.onProtocolWarning(
        `the server says: ${redact(error.message ?? String(error.code))}`,
      )
  }

  #failAttempt(attempt: Attempt | undefined, error: WireError): void {
    if (attempt && isCurrent(attempt))
      this.#listener.onFailed(this, attempt.turn, error)
  }

  readonly #handlers: WireHandlers = {
    'session.created': ({ session }) => {
      const now = this.#socket?.serverTime
      if (session.expires_at && now !== undefined)
        this.lifetimeMs = session.expires_at * 1_000 - now
      this.configure(this.#config)
    },
    'session.updated': () => {
      this.#configureWaiters.shift()?.()
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
      const attempt = this.#items.attemptOfDelta(event.item_id)
      if (attempt && isCurrent(attempt))
        this.#listener.onDelta(attempt.turn, event.delta)
    },
    'conversation.item.input_audio_transcription.completed': event => {
      const attempt = this.#attemptOf(event.item_id)
      if (attempt && attempt.attempt >= attempt.turn.validFrom)
        this.#listener.onCompleted(this, attempt.turn, event)
    },
    'conversation.item.input_audio_transcription.failed': event =>
      this.#failAttempt(this.#attemptOf(event.item_id), event.error ?? {}),
    error: ({ error }) => this.#onError(error),
  }
}
