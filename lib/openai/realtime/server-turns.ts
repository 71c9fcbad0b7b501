import { SAMPLES_PER_MS } from './event-writer.ts'
import {
  LoudAudio,
  ServerDetection,
  type ServerTurnsOptions,
  type ExpectedEvent,
  ExpectedEvents,
  SessionClock,
  StallDetector,
} from './server-detection.ts'
import type { RealtimeSession } from './realtime-session.ts'
import { Pacer, TurnSender, type Step, type TurnSource } from './turn-sender.ts'
import type { Turn } from './turn-queue.ts'

const LOST_EVENT = 'an event of the server was lost'

const APPEND_SAMPLES = 500 * SAMPLES_PER_MS
/** Audio after which to ask whether the server has processed it: 10 s. */
const ASK_SAMPLES = 10_000 * SAMPLES_PER_MS
/** Age up to which audio may still become a turn: 30 s. */
const MAX_UNDECIDED = 30_000 * SAMPLES_PER_MS
/** Longest turn; one that the server does not end is ended here: 2 min. */
const MAX_TURN = 120_000 * SAMPLES_PER_MS
/** Loud audio without a turn that is worth a warning: 10 s; at the end 1 s. */
const MAX_UNFOUND = 10_000 * SAMPLES_PER_MS
const MAX_UNFOUND_TAIL = 1_000 * SAMPLES_PER_MS

/** A gap in the source, from sample `at` to sample `to`. */
type Jump = { readonly at: number; readonly to: number }

/**
 * Sends all audio to a server that detects turns. After a lost session, turns
 * that were known are sent again and committed here, with the server's
 * detection off; then the audio after the last of them follows.
 */
export class ServerTurns implements TurnSource {
  readonly #options: ServerTurnsOptions
  readonly #resender: TurnSender
  readonly #pacer: Pacer
  readonly #jumps: Jump[] = []
  #session: RealtimeSession | undefined
  #clock = new SessionClock()
  readonly #detection: ServerDetection
  #streaming = false
  #position = 0
  /** Sample before which the server has processed everything. */
  #processed = 0
  /** Samples sent since the server was last asked. */
  #unasked = 0
  /** End of the last known turn. */
  #decided = 0
  /** Item of the open turn in this session, once the server names it. */
  #openItem: string | undefined
  readonly #loud: LoudAudio
  readonly #stalls = new StallDetector()
  readonly #events = new ExpectedEvents()
  /** Whether the last turn was committed by request. */
  #asked = false
  #over = false
  complete = false

  constructor(options: ServerTurnsOptions) {
    this.#options = options
    this.#pacer = new Pacer(options.maxRate)
    this.#detection = new ServerDetection(options.plan)
    this.#loud = new LoudAudio(options.store)
    this.#resender = new TurnSender({ ...options, settleMs: 0 })
  }

  get settled(): number {
    return Math.max(this.#decided, this.#processed - MAX_UNDECIDED)
  }

  /** Audio that was sent counts until the server has processed it. */
  get unsent(): number {
    return this.#options.store.end - Math.max(this.#decided, this.#processed)
  }

  async push(): Promise<void> {}
  async close(): Promise<void> {}

  async jump(next: number): Promise<void> {
    this.#jumps.push({ at: this.#options.store.end, to: next })
  }

  async end(): Promise<void> {
    this.#over = true
  }

  isBetweenTurns(): boolean {
    return this.#options.queue.open === undefined
  }

  interrupt(): void {
    this.#resender.interrupt()
  }

  async step(session: RealtimeSession): Promise<Step> {
    const { queue, store } = this.#options
    if (session !== this.#session) await this.#begin(session)
    if (session.ended) return 'idle'
    const lost = queue.next?.to !== undefined
    if (lost && !queue.open) {
      if (this.#streaming) this.#stopStream(session)
      return this.#resender.step(session)
    }
    if (!queue.open && this.#resender.isAlone(session)) return 'idle'
    this.#endLong()
    if (!this.#streaming) this.#startStream(session)
    const waitMs = this.#pacer.wait
    if (waitMs > 0) return { waitMs }
    const jump = this.#jumps.find(({ at }) => at >= this.#position)
    const end = jump?.at ?? store.end
    if (this.#position < end) return this.#append(session, end)
    if (jump) return this.#skipGap(session, jump)
    if (!this.#over || this.complete) return 'idle'
    return this.#finish(session)
  }

  onSpeechStarted(session: RealtimeSession, item: string, ms: number): void {
    if (!this.#isCurrent(session) || !this.#streaming) return
    const { queue, onMark } = this.#options
    const known = session.turnOf(item)
    if (known && known !== queue.open) return
    this.#events.received('started')
    if (this.#openItem !== undefined && this.#openItem !== item) {
      if (this.#isMissing(session, 'stopped')) return
      this.#closeTurn(this.#placeOf(ms))
    }
    if (!queue.open) {
      const from = Math.max(this.#placeOf(ms), this.#decided)
      const start = this.#placeOf(ms + this.#detection.paddingMs)
      const earliest = Math.min(from, this.settled)
      onMark({ type: 'open', from, start: Math.max(from, start) })
      if (queue.open) (queue.open as Turn).earliest = earliest
    }
    if (!queue.open) return
    session.assignItem(item, queue.open)
    this.#openItem = item
  }

  onSpeechStopped(session: RealtimeSession, item: string, ms: number): void {
    if (!this.#isCurrent(session) || item !== this.#openItem) return
    this.#events.received('stopped')
    const end = this.#placeOf(ms - this.#detection.silenceMs)
    this.#closeTurn(this.#placeOf(ms), end)
  }

  /**
   * Handles the server's commit of a turn.
   *
   * @param previous the item before it; undefined if its event was lost
   */
  onServerCommit(
    session: RealtimeSession,
    item: string,
    previous: string | null | undefined,
  ): void {
    if (!this.#isCurrent(session)) return
    const known = session.turnOf(item)
    if (!known && !this.#streaming) return
    this.#events.received('committed')
    if (previous) this.#events.received('previous')
    if (previous === undefined && this.#isMissing(session, 'previous'))
      return known?.to === undefined ? undefined : known.widen()
    if (known?.to === undefined) {
      const event = known ? 'stopped' : 'started'
      if (!this.#asked && this.#isMissing(session, event)) return
      if (!known) this.#openAt(this.#decided, session, item)
      this.#closeTurn(Math.min(this.#position, this.#options.store.end))
    }
    const turn = session.turnOf(item)
    if (turn) turn.earliest = turn.from
  }

  /** Whether an answer is about all of the turn's audio. */
  accepts(session: RealtimeSession, turn: Turn): boolean {
    if (turn.to === undefined) {
      if (!this.#isCurrent(session) || !this.#streaming) return false
      if (this.#isMissing(session, 'stopped')) return false
      this.#closeTurn(this.#position)
      return true
    }
    if (turn.earliest === turn.from) return true
    if (this.#isCurrent(session) && !this.#isMissing(session, 'committed'))
      return true
    turn.widen()
    return false
  }

  /**
   * Handles an answer without a turn, whose events were lost.
   *
   * @returns whether the server detects turns in this session
   */
  onUnmatchedAnswer(session: RealtimeSession): boolean {
    if (!this.#isCurrent(session) || !this.#streaming) return false
    this.#options.onUnreliable(session, LOST_EVENT)
    return true
  }

  #isCurrent(session: RealtimeSession): boolean {
    return session === this.#session && !session.ended
  }

  /** Whether an event was lost, so that the session has to be replaced. */
  #isMissing(session: RealtimeSession, event: ExpectedEvent): boolean {
    if (!this.#events.isLost(event)) return false
    this.#options.onUnreliable(session, LOST_EVENT)
    return true
  }

  #placeOf(ms: number): number {
    return this.#clock.toSource(ms * SAMPLES_PER_MS)
  }

  /** @param end where its speech ends, if known */
  #closeTurn(place: number, end = place): void {
    const { queue, onMark, onCommitted } = this.#options
    const turn = queue.open
    if (!turn) return
    const to = Math.max(place, turn.from)
    onMark({ type: 'close', end: Math.max(turn.start, Math.min(end, to)), to })
    this.#decided = to
    this.#openItem = undefined
    turn.sent = to
    turn.committed = true
    onCommitted(turn)
  }

  #openAt(from: number, session?: RealtimeSession, item?: string): void {
    const { queue, onMark } = this.#options
    if (!queue.open) onMark({ type: 'open', from, start: from })
    if (session && item && queue.open) session.assignItem(item, queue.open)
  }

  /** Makes one turn of a range, to be sent again. */
  #takeAsTurn(from: number, to: number): void {
    this.#openAt(from)
    const { open } = this.#options.queue
    if (!open) return
    this.#closeTurn(to)
    open.widen()
  }

  #endLong(): void {
    const { open } = this.#options.queue
    if (!open || this.#processed - open.from < MAX_TURN) return
    if (!this.#jumps.some(({ to }) => to > open.from && to <= this.#processed))
      this.#takeAsTurn(open.from, this.#processed)
  }

  async #begin(session: RealtimeSession): Promise<void> {
    this.#openItem = undefined
    this.#session = session
    this.#clock = new SessionClock()
    this.#streaming = false
    this.#asked = false
    for (const turn of this.#options.queue.unsettled())
      if (turn.to !== undefined && turn.earliest < turn.from) turn.widen()
    await this.#checkStall()
    this.#position = this.#undecided
  }

  /** Makes one turn of audio that ended three sessions. */
  async #checkStall(): Promise<void> {
    const at = this.#undecided
    const reached = this.#stalls.sessionEnded(at, this.#position)
    if (reached === undefined) return
    const { open } = this.#options.queue
    if (open || (await this.#loud.mayBeSpeech(at, reached)))
      this.#takeAsTurn(at, reached)
    else this.#decided = reached
  }

  get #undecided(): number {
    const { queue, store } = this.#options
    return Math.max(queue.open?.earliest ?? this.settled, store.start)
  }

  #startStream(session: RealtimeSession): void {
    if (!this.#resender.isBetweenTurns(session)) {
      this.#resender.interrupt()
      session.clear()
    }
    this.#detection.on(session)
    this.#streaming = true
    this.#clock.start(session.samples, this.#position)
  }

  #stopStream(session: RealtimeSession): void {
    session.clear()
    this.#detection.off(session)
    this.#streaming = false
    this.#position = this.#undecided
  }

  async #append(session: RealtimeSession, available: number): Promise<Step> {
    const from = this.#position
    const to = Math.min(available, from + APPEND_SAMPLES)
    const bytes = await this.#options.store.read(from, to)
    if (session.ended || this.#position !== from) return 'done'
    session.append(bytes)
    this.#position = to
    this.#unasked += to - from
    if (this.#unasked >= ASK_SAMPLES) this.#ask(session)
    this.#pacer.count((to - from) / SAMPLES_PER_MS)
    await session.drained
    return 'done'
  }

  async #checkFound(until: number, most: number): Promise<void> {
    const decided = this.#decided
    if (this.#options.queue.open) return
    const loud = await this.#loud.since(decided, until)
    if (loud < most || this.#decided > decided) return
    this.#options.onWarning(
      "the server found no turn in audio that is as loud as speech; if it contains speech, lower the threshold of turnDetection, or use { type: 'local_vad' }",
    )
  }

  /** Asks the server to answer once it has processed what was sent. */
  #ask(session: RealtimeSession): void {
    const place = this.#position
    this.#unasked = 0
    session.configure()
    void this.#awaitProcessed(session).then(isSo => {
      if (!isSo) return undefined
      this.#processed = Math.max(this.#processed, place)
      return this.#checkFound(place, MAX_UNFOUND).then(
        this.#options.onProcessed,
      )
    })
  }

  /** Waits for an answer; returns whether the session is still in use. */
  async #awaitProcessed(session: RealtimeSession): Promise<boolean> {
    const { answerMs, onUnreliable } = this.#options
    const giveUp = (): void => onUnreliable(session, 'it does not answer')
    const timer = setTimeout(giveUp, answerMs)
    await session.answered()
    clearTimeout(timer)
    return this.#isCurrent(session)
  }

  #skipGap(session: RealtimeSession, { at, to }: Jump): Step {
    this.#clock.stop(at)
    this.#detection.appendSilence(session)
    this.#position = to
    this.#clock.start(session.samples, to)
    this.#ask(session)
    return 'done'
  }

  async #finish(session: RealtimeSession): Promise<Step> {
    const { queue, store } = this.#options
    const { end } = store
    this.#clock.stop(end)
    this.#detection.appendSilence(session)
    this.#detection.on(session)
    if (!(await this.#awaitProcessed(session))) return 'done'
    if (queue.open || (await this.#loud.mayBeSpeech(this.settled, end))) {
      this.#asked = true
      session.commitFound()
      this.#detection.off(session)
      if (!(await this.#awaitProcessed(session))) return 'done'
    }
    if (!queue.open) await this.#checkFound(end, MAX_UNFOUND_TAIL)
    // What the server did not detect is sent again as one turn.
    if (queue.open || (await this.#loud.mayBeSpeech(this.settled, end))) {
      this.#takeAsTurn(this.#undecided, end)
      this.#options.onUnreliable(session, LOST_EVENT)
    }
    this.complete = true
    return 'done'
  }
}
