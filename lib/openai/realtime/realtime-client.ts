import {
  ServiceFailedError,
  type ServiceRefusedError,
} from '../../core/errors.ts'
import { redact } from '../../core/redact.ts'
import type { TranscriptEvent } from '../../core/transcript-event.ts'
import type { TurnDetection, TurnMark } from '../../core/turn-detector.ts'
import type { WarningCode } from '../../core/warning-code.ts'
import type { RealtimeRequestBuilder } from '../../io/realtime-request.ts'
import { AudioStore } from './audio-store.ts'
import {
  Condition,
  StepLoop,
  type Step,
  type TurnSource,
} from './turn-sender.ts'
import { Drain, TurnRetries } from './turn-retries.ts'
import { EventWriter, finalOf, gapOf, SAMPLES_PER_MS } from './event-writer.ts'
import {
  isFatal,
  NO_CLOSE,
  refusalOf,
  type Completed,
  type WireError,
} from './wire-events.ts'
import { LocalTurns } from './local-turns.ts'
import { ServerTurns } from './server-turns.ts'
import { RealtimeSession, type SessionListener } from './realtime-session.ts'
import type { SessionPlan, RealtimeTiming } from './session-settings.ts'
import { ConnectionManager } from './connection-manager.ts'
import { type Outcome, type Turn, TurnQueue } from './turn-queue.ts'

/** Unanswered audio at which a file waits and live audio is spilled to disk. */
const MAX_UNANSWERED_MS = 60_000

const UNANSWERED = 'no transcript arrived after the end of the input'

export type RealtimeClientOptions = {
  readonly endpoint: RealtimeRequestBuilder
  readonly plan: SessionPlan
  readonly timing: RealtimeTiming
  /** Undefined if the server finds turns. */
  readonly detection: TurnDetection | undefined
  readonly live: boolean
  readonly maxRate: number
  readonly onEvent: (event: TranscriptEvent) => void
  readonly onServerEvent: (event: { readonly type: string }) => void
  /** Called after the last event. */
  readonly onError: (error: Error) => void
}

/**
 * Transcribes one source through the Realtime API. The queue holds every turn
 * until it has an outcome: a lost session's turns are sent to the next one.
 */
export class RealtimeClient {
  readonly #options: RealtimeClientOptions
  readonly #store: AudioStore
  readonly #queue: TurnQueue
  readonly #connections: ConnectionManager
  readonly #turns: TurnSource
  /** The same object as `#turns`, if the server finds turns. */
  readonly #serverTurns: ServerTurns | undefined
  readonly #retries: TurnRetries
  readonly #events: EventWriter
  readonly #loop: StepLoop
  readonly #drain: Drain
  readonly #state = new Condition()
  /** Whether the server's answers cannot be matched to several turns. */
  #isOneByOne = false
  #gaveUp = false
  #over = false

  constructor(options: RealtimeClientOptions) {
    this.#options = options
    const { plan, timing, detection, maxRate, live } = options
    // A file's pauses and its open turn come on top of what is unanswered.
    this.#store = new AudioStore(MAX_UNANSWERED_MS * (live ? 1 : 2))
    this.#events = new EventWriter(options.onEvent)
    this.#queue = new TurnQueue(outcome => this.#events.outcome(outcome))
    this.#retries = new TurnRetries(timing, this.#queue, {
      onGiveUp: (turn, reason) => this.#settle(turn, gapOf(turn, reason)),
      onAgain: (...again) => this.#again(...again),
      onUnanswered: (turn, problem) => this.#onUnanswered(turn, problem),
    })
    this.#loop = new StepLoop(() => this.#step(), options.onError)
    this.#drain = new Drain(timing, {
      isServed: () => this.#connections.current !== undefined,
      isHopeless: () => this.#retries.isHopeless,
      onAgain: () => this.#resendOutstanding(),
      onOver: () => this.#giveUpAll(),
    })
    const common = {
      store: this.#store,
      queue: this.#queue,
      maxInFlight: MAX_UNANSWERED_MS * SAMPLES_PER_MS,
      maxRate,
      pausedUntil: () => this.#retries.pausedUntil,
      isOneByOne: () => this.#isOneByOne,
      onCommitted: (turn: Turn) => this.#retries.committed(turn),
      onMark: (mark: TurnMark) => this.#onMark(mark),
    }
    const settleMs = plan.family === 'live' ? timing.settleMs : 0
    this.#serverTurns = detection
      ? undefined
      : new ServerTurns({
          ...common,
          ...timing,
          plan,
          onProcessed: () => {
            this.#dropAnswered()
            this.#state.changed()
          },
          onUnreliable: (...retired) => this.#retire(...retired),
          onWarning: problem => this.#warnOfServer(problem),
        })
    this.#turns =
      this.#serverTurns ??
      new LocalTurns({ ...common, detection: detection!, settleMs })
    this.#connections = new ConnectionManager(timing, {
      open: () =>
        new RealtimeSession(options.endpoint, plan, timing, this.#listener),
      onReady: () => {
        this.#retries.ready()
        this.#drain.renew()
        this.#state.changed()
        this.#loop.run()
      },
      onLost: ({ waiting }, ...why) => this.#retries.lost(waiting, ...why),
      onRefused: error => this.#fail(error),
      onDown: (ms, problem) => this.#onDown(ms, redact(problem)),
    })
  }

  start(): void {
    this.#events.start(this.#options.plan.model)
    this.#connections.start()
  }

  /**
   * Takes the next samples (mono, 24 kHz). Resolves when it can take more.
   *
   * @param at first sample's place in the source; a jump forward is a gap
   */
  async push(samples: Float32Array, at: number): Promise<void> {
    if (at > this.#store.end) await this.#jump(at)
    this.#store.append(samples, at)
    const found = this.#turns.push(samples, at)
    // Audio already settled is sent while the detector still works.
    this.#loop.run()
    await found
    this.#dropAnswered()
    this.#loop.run()
    await this.#store.spill()
    if (!this.#options.live)
      await this.#state.until(() => this.#hasRoom || this.#over)
  }

  async end(): Promise<void> {
    await this.#turns.end()
    this.#dropAnswered()
    this.#loop.run()
    this.#drain.start()
    await this.#state.until(() => this.#over || this.#isDone)
    if (this.#over) return new Promise(() => {}) // onError ends the stage
    await this.#connections.close(true)
    await this.#free()
    this.#events.end(this.#store.end)
  }

  get #isDone(): boolean {
    const { everReady } = this.#connections
    return (
      this.#queue.isEmpty && everReady && (this.#turns.complete || this.#gaveUp)
    )
  }

  async destroy(): Promise<void> {
    await this.#connections.close(false)
    await this.#free()
  }

  async #free(): Promise<void> {
    this.#over = true
    this.#retries.close()
    this.#loop.stop()
    this.#drain.stop()
    await this.#turns.close()
    await this.#store.close()
  }

  get #hasRoom(): boolean {
    // If unsent audio counted while the service is down, an open turn could
    // never reach its end.
    const unsent = this.#retries.isHopeless ? 0 : this.#turns.unsent
    const waiting = this.#queue.unansweredSamples + unsent
    return waiting <= MAX_UNANSWERED_MS * SAMPLES_PER_MS
  }

  async #jump(to: number): Promise<void> {
    const from = this.#store.end
    await this.#turns.jump(to)
    this.#skip(from, 'the source has no audio here', to)
  }

  /** Adds a gap for audio that belongs to no turn; places in samples. */
  #skip(from: number, reason: string, to = this.#store.end): void {
    const [start, end] = [from / SAMPLES_PER_MS, to / SAMPLES_PER_MS]
    if (end > start) this.#queue.skip({ type: 'gap', start, end, reason })
  }

  #dropAnswered(): void {
    this.#store.dropBefore(this.#queue.firstNeeded ?? this.#turns.settled)
  }

  #onMark(mark: TurnMark): void {
    if (this.#over) return
    if (mark.type === 'open')
      return this.#events.speechStart(this.#queue.begin(mark.from, mark.start))
    const turn = this.#queue.open
    if (!turn) return
    turn.close(mark.end, mark.to)
    this.#retries.watchOldest()
    this.#events.speechEnd(turn, mark.end)
  }

  async #step(): Promise<Step> {
    const { current } = this.#connections
    if (!current) return 'idle'
    if (this.#connections.switchToNext(this.#turns.isBetweenTurns(current)))
      this.#turns.interrupt()
    const { resumesAt } = this.#queue // read now: it may pass during the step
    const step = await this.#turns.step(this.#connections.current ?? current)
    if (step === 'done') this.#state.changed()
    if (step !== 'idle' || resumesAt === Infinity) return step
    return { waitMs: Math.max(0, resumesAt - performance.now()) }
  }

  readonly #listener: SessionListener = {
    onReady: session => this.#connections.ready(session),
    onDelta: (turn, text) => {
      if (!turn.outcome && !this.#over) this.#events.delta(turn, text)
    },
    onCompleted: (...args) => this.#onCompleted(...args),
    onFailed: (...args) => this.#onFailed(...args),
    onSpeechStarted: (...args) => this.#serverTurns?.onSpeechStarted(...args),
    onSpeechStopped: (...args) => this.#serverTurns?.onSpeechStopped(...args),
    onServerCommit: (...args) => {
      if (this.#serverTurns) this.#serverTurns.onServerCommit(...args)
      else
        this.#warnOfServer(
          'the server commits audio although its turn detection is off; turns may be missing words',
        )
    },
    onUnmatchedAnswer: (...args) => this.#onUnmatchedAnswer(...args),
    onUnknownItem: () => this.#onUnknownItem(),
    onProtocolWarning: problem => this.#warnOfServer(problem),
    onServerEvent: event => this.#options.onServerEvent(event),
    onEnd: (session, end) => this.#connections.ended(session, end),
  }

  #onCompleted(session: RealtimeSession, turn: Turn, event: Completed): void {
    this.#connections.progress()
    if (this.#over || this.#isOver(session, turn)) return this.#loop.run()
    const final = finalOf(turn, event)
    this.#events.use(final.usage)
    this.#settle(turn, final)
  }

  #onFailed(session: RealtimeSession, turn: Turn, error: WireError): void {
    if (this.#over || this.#isOver(session, turn)) return this.#loop.run()
    if (!isFatal(error)) return this.#retries.failed(turn, error)
    const reason = redact(error.message ?? 'its transcription failed')
    const end = { code: NO_CLOSE, expired: false, misconfigured: false }
    this.#fail(refusalOf({ ...end, reason, error })!)
  }

  /** Whether an answer comes too late, or before the turn has ended. */
  #isOver(session: RealtimeSession, turn: Turn): boolean {
    if (turn.outcome) return true
    return !(this.#serverTurns?.accepts(session, turn) ?? turn.to !== undefined)
  }

  #onUnknownItem(): void {
    this.#isOneByOne = true
    this.#warnOfServer(
      'the server does not say which turn an answer belongs to; voxpipe now sends turns one at a time',
    )
  }

  #onUnmatchedAnswer(session: RealtimeSession, isWaiting: boolean): void {
    if (this.#serverTurns?.onUnmatchedAnswer(session)) return
    if (isWaiting) {
      this.#onUnknownItem()
      session.fail('its answers cannot be matched to turns')
    } else
      this.#warnOfServer('the server sent a transcript that belongs to no turn')
  }

  #onUnanswered(turn: Turn, problem: string): void {
    const { current } = this.#connections
    if (!current?.waiting.includes(turn)) return
    for (const other of current.waiting) other.suspect = true
    this.#retire(current, problem)
  }

  #retire(session: RealtimeSession, problem: string): void {
    if (this.#over || session !== this.#connections.current) return
    this.#turns.interrupt()
    const { open } = this.#queue
    if (open && session.waiting.includes(open)) {
      session.release(open)
      open.reset()
    }
    this.#connections.retire(problem)
  }

  #again(turn: Turn, isAnswered: boolean): void {
    if (isAnswered) this.#connections.forget(turn)
    turn.reset()
    this.#drain.renew()
    this.#loop.run()
  }

  #settle(turn: Turn, outcome: Outcome): void {
    if (!this.#queue.settle(turn, outcome)) return
    this.#retries.settled(turn)
    this.#connections.forget(turn)
    this.#dropAnswered()
    this.#drain.progress()
    this.#state.changed()
    this.#loop.run()
  }

  #onDown(ms: number, problem: string): void {
    const { giveUpMs } = this.#options.timing
    if (ms > giveUpMs && !this.#connections.everReady) {
      const reason = `the service cannot be reached: ${problem}`
      return this.#fail(new ServiceFailedError(reason))
    }
    this.#warnOnce(
      'VOX_RECONNECTING',
      `the connection to the service was lost: ${problem}; voxpipe reconnects and resends audio that has no transcript`,
    )
    this.#retries.down(ms, problem)
    this.#state.changed()
  }

  #fail(error: ServiceRefusedError | ServiceFailedError): void {
    if (this.#over) return
    if (!this.#gaveUp) this.#skipRest(error.message)
    this.#over = true
    this.#events.end(this.#store.end, false)
    this.#state.changed()
    this.#options.onError(error)
  }

  #resendOutstanding(): void {
    const { current } = this.#connections
    const turns = current?.waiting ?? []
    if (current) this.#retire(current, UNANSWERED)
    for (const turn of turns) if (turn.to) this.#again(turn, false)
  }

  #giveUpAll(): void {
    this.#gaveUp = true
    this.#skipRest(UNANSWERED)
    this.#state.changed()
  }

  #skipRest(reason: string): void {
    const { end } = this.#store
    const { open } = this.#queue
    if (open) this.#onMark({ type: 'close', end, to: end })
    for (const turn of this.#queue.unsettled())
      this.#queue.settle(turn, gapOf(turn, reason))
    if (this.#serverTurns?.complete === false && !open)
      this.#skip(this.#serverTurns.settled, reason)
  }

  #warnOfServer(problem: string): void {
    this.#warnOnce('VOX_SERVICE_EVENT', problem)
  }

  #warnOnce(code: WarningCode, message: string): void {
    if (!this.#over) this.#events.warnOnce(code, message)
  }
}
