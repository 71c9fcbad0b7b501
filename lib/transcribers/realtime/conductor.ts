import {
  ServiceFailedError,
  type ServiceRefusedError,
  type WarningCode,
} from '../../core/errors.ts'
import { redact } from '../../core/redact.ts'
import type { TranscriptEvent, Usage } from '../../core/transcript-event.ts'
import type { TurnDetection, TurnMark } from '../../core/turn-detector.ts'
import type { RealtimeEndpoint } from '../../io/realtime-endpoint.ts'
import { AudioStore } from './audio-store.ts'
import { addUsage } from '../add-usage.ts'
import { finalOf, gapOf, SAMPLES_PER_MS } from './final-of.ts'
import { isFatal, NO_CLOSE, refusalOf } from './refusal.ts'
import { LocalTurns } from './local-turns.ts'
import { ServerTurns } from './server-turns.ts'
import { RealtimeSession, type SessionListener } from './session.ts'
import type { SessionPlan } from './session-config.ts'
import { SessionKeeper } from './session-keeper.ts'
import type { RealtimeTiming } from './timing.ts'
import type { Turn } from './turn.ts'
import { TurnLedger } from './turn-ledger.ts'
import type { TurnSource } from './turn-source.ts'
import type { Completed, WireError } from './wire-events.ts'

/** Audio that waits for an answer: past it, a file waits, live goes to disk. */
const MAX_UNANSWERED_MS = 60_000
/** How often a turn is committed before it is given up. */
const MAX_TRIES = 3

/** What a {@link Conductor} is made of. */
export type ConductorOptions = {
  readonly endpoint: RealtimeEndpoint
  readonly plan: SessionPlan
  readonly timing: RealtimeTiming
  /** None where the server finds turns. */
  readonly detection: TurnDetection | undefined
  /** Whether the source cannot wait. */
  readonly live: boolean
  readonly maxRate: number
  readonly onEvent: (event: TranscriptEvent) => void
  readonly onServerEvent: (event: { readonly type: string }) => void
  /** The end, after the last event. */
  readonly onError: (error: Error) => void
}

/**
 * One source's way through the Realtime API: samples in, events out. Its
 * ledger knows of every turn where it is; what a lost session had not
 * answered is sent to the next, so that each turn has one outcome, a final
 * or, said out loud, a gap.
 */
export class Conductor {
  readonly #options: ConductorOptions
  readonly #store: AudioStore
  readonly #ledger: TurnLedger
  readonly #keeper: SessionKeeper
  readonly #turns: TurnSource
  /** The same, where the server finds them. */
  readonly #found: ServerTurns | undefined
  readonly #deadlines = new Map<Turn, NodeJS.Timeout>()
  readonly #told = new Set<string>()
  #pumping = false
  #pumpAgain = false
  #pumpTimer: NodeJS.Timeout | undefined
  #drainTimer: NodeJS.Timeout | undefined
  #waiting: (() => void)[] = []
  #gaps = false
  #usage: Usage | undefined
  /** Whether what waited at the end of the source was given up. */
  #late = false
  #over = false

  constructor(options: ConductorOptions) {
    this.#options = options
    const { plan, timing, detection, maxRate, live } = options
    // A source that waits has its pauses in it too, and the turn that is open.
    this.#store = new AudioStore(MAX_UNANSWERED_MS * (live ? 1 : 2))
    this.#ledger = new TurnLedger(outcome => {
      this.#gaps ||= outcome.type === 'gap'
      options.onEvent(outcome)
    })
    const common = {
      store: this.#store,
      ledger: this.#ledger,
      maxInFlight: MAX_UNANSWERED_MS * SAMPLES_PER_MS,
      maxRate,
      onCommitted: (turn: Turn) => this.#setDeadline(turn),
      onMark: (mark: TurnMark) => this.#onMark(mark),
    }
    const settleMs = plan.family === 'live' ? timing.settleMs : 0
    const onHeard = (): void => {
      this.#forget()
      this.#wake()
    }
    this.#found = detection
      ? undefined
      : new ServerTurns({ ...common, plan, onHeard })
    this.#turns =
      this.#found ??
      new LocalTurns({ ...common, detection: detection!, settleMs })
    this.#keeper = new SessionKeeper(timing, {
      open: () => this.#openSession(),
      onReady: () => {
        this.#wake()
        this.#pump()
      },
      onLost: session => this.#onLost(session),
      onRefused: error => this.#fail(error),
      onDown: (ms, problem) => this.#onDown(ms, redact(problem)),
    })
  }

  /** Connects. */
  start(): void {
    const { model } = this.#options.plan
    this.#options.onEvent({ type: 'start', schema: 1, engine: 'openai', model })
    this.#keeper.start()
  }

  /**
   * Takes the next samples (mono, 24 kHz). Resolves when more are welcome.
   *
   * @param at their place in the source; a jump forward is a gap
   */
  async push(samples: Float32Array, at: number): Promise<void> {
    if (at > this.#store.end) await this.#jump(at)
    this.#store.append(samples, at)
    const found = this.#turns.push(samples, at)
    // What is the open turn's in any case goes before it is looked at.
    this.#pump()
    await found
    this.#forget()
    this.#pump()
    await this.#store.spill()
    if (!this.#options.live) await this.#until(() => this.#hasRoom)
  }

  /** Resolves when the last event is out. */
  async end(): Promise<void> {
    await this.#turns.end()
    this.#forget()
    this.#pump()
    this.#restartDrain()
    const heard = (): boolean => this.#keeper.everReady || this.#over
    const all = (): boolean => this.#turns.complete || this.#late
    await this.#until(() => this.#ledger.empty && all() && heard())
    if (this.#over) return new Promise(() => {}) // it ends with an error
    await this.#keeper.close(true)
    await this.#free()
    this.#sayEnd()
  }

  /** Ends it at once and frees all it has. */
  async destroy(): Promise<void> {
    await this.#keeper.close(false)
    await this.#free()
  }

  async #free(): Promise<void> {
    this.#over = true
    for (const timer of this.#deadlines.values()) clearTimeout(timer)
    clearTimeout(this.#pumpTimer)
    clearTimeout(this.#drainTimer)
    await this.#turns.close()
    await this.#store.close()
  }

  #sayEnd(): void {
    const usage = this.#usage
    this.#options.onEvent({
      type: 'end',
      duration: this.#store.end / SAMPLES_PER_MS,
      complete: !this.#gaps,
      ...(usage && { usage }),
    })
  }

  /** Audio that waits: closed turns, and what is not sent of the open one. */
  get #hasRoom(): boolean {
    const waiting = this.#ledger.unanswered + this.#turns.unsent
    return waiting <= MAX_UNANSWERED_MS * SAMPLES_PER_MS
  }

  async #until(condition: () => boolean): Promise<void> {
    while (!condition() && !this.#over)
      await new Promise<void>(resolve => this.#waiting.push(resolve))
  }

  /** Whoever waits may look again. */
  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve()
  }

  async #jump(to: number): Promise<void> {
    const from = this.#store.end
    await this.#turns.jump(to)
    this.#skip(from, 'the source has no audio here', to)
  }

  /** A range of the source that belongs to no turn gets no transcript. */
  #skip(from: number, reason: string, to = this.#store.end): void {
    const [start, end] = [from / SAMPLES_PER_MS, to / SAMPLES_PER_MS]
    if (end > start) this.#ledger.skip({ type: 'gap', start, end, reason })
  }

  #forget(): void {
    this.#store.dropBefore(this.#ledger.needed ?? this.#turns.settled)
  }

  #onMark(mark: TurnMark): void {
    if (this.#over) return // nothing comes after the end
    if (mark.type === 'open') {
      const { id } = this.#ledger.begin(mark.from, mark.start)
      const at = mark.start / SAMPLES_PER_MS
      this.#options.onEvent({ type: 'speech-start', turn: id, at })
      return
    }
    const turn = this.#ledger.open
    if (!turn) return
    turn.to = mark.to
    turn.end = mark.end
    turn.closedAt = performance.now()
    const at = mark.end / SAMPLES_PER_MS
    this.#options.onEvent({ type: 'speech-end', turn: turn.id, at })
  }

  /** Sends what can be sent, one call at a time. */
  #pump(): void {
    this.#pumpAgain = true
    if (this.#pumping || this.#over) return
    this.#pumping = true
    clearTimeout(this.#pumpTimer)
    this.#sendAll().catch((error: Error) => this.#options.onError(error))
  }

  async #sendAll(): Promise<void> {
    while (this.#pumpAgain && !this.#over) {
      this.#pumpAgain = false
      const { current } = this.#keeper
      if (!current) break
      if (this.#keeper.rotate(this.#turns.between(current)))
        this.#turns.interrupt()
      const step = await this.#turns.step(this.#keeper.current ?? current)
      if (step === 'done') {
        this.#pumpAgain = true
        this.#wake()
      } else if (step !== 'idle')
        this.#pumpTimer = setTimeout(() => this.#pump(), step.waitMs)
    }
    // Not a moment later: who asks in between would be heard by nobody.
    this.#pumping = false
  }

  #openSession(): RealtimeSession {
    const { endpoint, plan, timing } = this.#options
    return new RealtimeSession(endpoint, plan.config, timing, this.#listener)
  }

  readonly #listener: SessionListener = {
    onReady: session => this.#keeper.ready(session),
    onDelta: (turn, text) => this.#onDelta(turn, text),
    onCompleted: (turn, event) => this.#onCompleted(turn, event),
    onFailed: (turn, error) => this.#onFailed(turn, error),
    onSpeechStarted: (...heard) => this.#found?.onSpeechStarted(...heard),
    onSpeechStopped: (...heard) => this.#found?.onSpeechStopped(...heard),
    onServerCommit: (...heard) => this.#found?.onServerCommit(...heard),
    onOddity: problem => this.#warnOnce('VOX_SERVICE_EVENT', problem),
    onServerEvent: event => this.#options.onServerEvent(event),
    onEnd: (session, end) => this.#keeper.ended(session, end),
  }

  #onDelta(turn: Turn, delta: string): void {
    if (turn.outcome || this.#over) return
    const text = turn.shown.hear(delta)
    if (text === '') return
    const at = turn.sent / SAMPLES_PER_MS
    this.#options.onEvent({ type: 'delta', turn: turn.id, text, at })
  }

  #onCompleted(turn: Turn, event: Completed): void {
    this.#keeper.progress()
    if (turn.outcome || this.#over) return
    const final = finalOf(turn, event)
    this.#usage = addUsage(this.#usage, final.usage)
    this.#settle(turn, final)
  }

  #onFailed(turn: Turn, error: WireError): void {
    if (turn.outcome || this.#over) return
    const said = redact(error.message ?? 'its transcription failed')
    if (!isFatal(error)) return this.#tryAgain(turn, said)
    const refusal = refusalOf({
      code: NO_CLOSE,
      reason: said,
      error,
      expired: false,
      misconfigured: false,
    })
    this.#fail(refusal!)
  }

  #setDeadline(turn: Turn): void {
    const { answerMs } = this.#options.timing
    const { attempt } = turn
    clearTimeout(this.#deadlines.get(turn))
    const timer = setTimeout(() => {
      if (turn.attempt === attempt)
        this.#tryAgain(turn, `no transcript came within ${answerMs} ms`)
    }, answerMs)
    this.#deadlines.set(turn, timer)
  }

  /** A turn got no transcript: it is sent again, or given up. */
  #tryAgain(turn: Turn, problem: string): void {
    turn.failures++
    if (turn.failures >= MAX_TRIES)
      return this.#settle(turn, gapOf(turn, problem))
    this.#keeper.forget(turn)
    turn.reset()
    this.#pump()
  }

  #settle(
    turn: Turn,
    outcome: ReturnType<typeof finalOf> | ReturnType<typeof gapOf>,
  ): void {
    clearTimeout(this.#deadlines.get(turn))
    this.#deadlines.delete(turn)
    this.#ledger.settle(turn, outcome)
    this.#keeper.forget(turn)
    this.#forget()
    if (this.#drainTimer) this.#restartDrain()
    this.#wake()
    this.#pump()
  }

  /** What a lost session had not answered has to be sent again. */
  #onLost(session: RealtimeSession): void {
    for (const turn of session.turns) {
      clearTimeout(this.#deadlines.get(turn))
      if (!turn.outcome) turn.reset()
    }
  }

  /** There is no service: what has waited for too long is a gap. */
  #onDown(ms: number, problem: string): void {
    const { giveUpMs } = this.#options.timing
    if (ms > giveUpMs && !this.#keeper.everReady) {
      const reason = `the service cannot be reached: ${problem}`
      return this.#fail(new ServiceFailedError(reason))
    }
    this.#warnOnce(
      'VOX_RECONNECTING',
      `the connection to the service is lost: ${problem}; it is tried again, and nothing is lost meanwhile`,
    )
    const before = performance.now() - giveUpMs
    if (ms <= giveUpMs) return
    for (const turn of this.#ledger.unsettled())
      if (turn.to !== undefined && turn.closedAt < before)
        this.#settle(turn, gapOf(turn, `the service was down: ${problem}`))
  }

  /** Nothing more can come: all that waits is a gap. */
  #fail(error: ServiceRefusedError | ServiceFailedError): void {
    if (this.#over) return
    this.#over = true
    this.#gaps = true
    const { open } = this.#ledger
    if (open) open.to = this.#store.end
    for (const turn of this.#ledger.unsettled())
      this.#ledger.settle(turn, gapOf(turn, error.message))
    this.#sayEnd()
    this.#wake()
    this.#options.onError(error)
  }

  #restartDrain(): void {
    const { drainMs } = this.#options.timing
    clearTimeout(this.#drainTimer)
    this.#drainTimer = setTimeout(() => {
      const reason = `no transcript came within ${drainMs} ms after the end of the input`
      this.#late = true
      for (const turn of this.#ledger.unsettled())
        this.#settle(turn, gapOf(turn, reason))
      if (!this.#turns.complete) this.#skip(this.#turns.settled, reason)
      this.#wake()
    }, drainMs)
  }

  #warnOnce(code: WarningCode, message: string): void {
    if (this.#over || this.#told.has(message)) return
    this.#told.add(message)
    this.#options.onEvent({ type: 'warning', code, message })
  }
}
