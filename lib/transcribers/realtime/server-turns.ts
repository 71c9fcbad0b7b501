import type { TurnMark } from '../../core/turn-detector.ts'
import { SAMPLES_PER_MS } from './final-of.ts'
import { loudSamples } from './loud-samples.ts'
import { Pacer } from './pacer.ts'
import { Sender, type SenderOptions } from './sender.ts'
import { SessionClock } from './session-clock.ts'
import type { SessionPlan } from './session-config.ts'
import type { RealtimeSession } from './session.ts'
import type { Step, TurnSource } from './turn-source.ts'

/** What {@link ServerTurns} is made of. */
export type ServerTurnsOptions = Omit<SenderOptions, 'settled' | 'settleMs'> & {
  readonly plan: SessionPlan
  readonly onMark: (mark: TurnMark) => void
  /** The server has heard more. */
  readonly onHeard: () => void
  /** The server does not say in time that it has heard what it was sent. */
  readonly onDeaf: (session: RealtimeSession) => void
  /** A range of the source gets no transcript. */
  readonly onSkip: (from: number, to: number, reason: string) => void
  readonly onWarning: (problem: string) => void
  /** For an answer of the server, in ms. */
  readonly answerMs: number
  /** For a server that goes on with none of its sessions, in ms. */
  readonly giveUpMs: number
}

const APPEND_SAMPLES = 500 * SAMPLES_PER_MS
/** After so much audio the server is asked whether it has heard it: 10 s. */
const ASK_SAMPLES = 10_000 * SAMPLES_PER_MS
/** Audio that a server may still find a turn in: 30 s. */
const MAX_UNDECIDED = 30_000 * SAMPLES_PER_MS
/** Silence that is added where the source ends, beside what ends a turn. */
const TAIL_MS = 500
/** Level of a tail, of 1, from which it is not taken for silence. */
const LOUD = 0.02 * 32_768
/** After so long, a turn that the server does not end is ended here: 2 min. */
const MAX_TURN = 120_000 * SAMPLES_PER_MS
/** Sessions that may end without progress before audio is skipped. */
const MAX_TRIES = 3
/** So much loud audio without a turn is worth a warning: 10 s. */
const MAX_UNFOUND = 10_000 * SAMPLES_PER_MS
/** The same where the source has ended: 1 s. */
const MAX_UNFOUND_TAIL = 1_000 * SAMPLES_PER_MS

/**
 * Turns that the server finds in all of the audio. Where it was lost, turns
 * that had been found are sent again as they were, each committed here, with
 * the server's detection off; then the audio after the last of them follows.
 */
export class ServerTurns implements TurnSource {
  readonly #options: ServerTurnsOptions
  readonly #repairs: Sender
  readonly #pacer: Pacer
  readonly #jumps: { readonly at: number; readonly to: number }[] = []
  #session: RealtimeSession | undefined
  #clock = new SessionClock()
  /** Whether the session's detection is on. */
  #streaming = false
  /** Next sample to stream. */
  #position = 0
  /** Sample up to which a server has heard it all: what is sent may be lost. */
  #heard = 0
  /** Samples that were streamed since it was asked how far it is. */
  #unasked = 0
  /** Where the last turn that was found ended. */
  #decided = 0
  /** Item of the open turn in this session; none before the server names it. */
  #openItem: string | undefined
  /** Samples without a turn that are as loud as speech, up to a place. */
  #loud = 0
  #loudUntil = 0
  /** Sessions in a row that ended at the same place, and since when. */
  #stuck = { at: -1, since: 0, sessions: 0, reached: Infinity }
  #over = false
  complete = false

  constructor(options: ServerTurnsOptions) {
    this.#options = options
    this.#pacer = new Pacer(options.maxRate)
    this.#repairs = new Sender({ ...options, settled: () => 0, settleMs: 0 })
  }

  get settled(): number {
    return Math.max(this.#decided, this.#heard - MAX_UNDECIDED)
  }

  /** What was sent and not heard yet is on its way, for all that is known. */
  get unsent(): number {
    return this.#options.store.end - Math.max(this.#decided, this.#heard)
  }

  push(): Promise<void> {
    return Promise.resolve()
  }

  jump(next: number): Promise<void> {
    this.#jumps.push({ at: this.#options.store.end, to: next })
    return Promise.resolve()
  }

  end(): Promise<void> {
    this.#over = true
    return Promise.resolve()
  }

  close(): Promise<void> {
    return Promise.resolve()
  }

  between(): boolean {
    return this.#options.ledger.open === undefined
  }

  interrupt(): void {
    this.#repairs.interrupt()
  }

  async step(session: RealtimeSession): Promise<Step> {
    const { ledger, store } = this.#options
    if (session !== this.#session) this.#begin(session)
    const lost = ledger.next?.to !== undefined
    if (lost && !ledger.open) {
      if (this.#streaming) this.#halt(session)
      return this.#repairs.step(session)
    }
    if (!ledger.open && this.#repairs.isAlone(session)) return 'idle'
    this.#endLong()
    if (!this.#streaming) this.#stream(session)
    const waitMs = this.#pacer.wait
    if (waitMs > 0) return { waitMs }
    const jump = this.#jumps.find(({ at }) => at >= this.#position)
    const available = jump?.at ?? store.end
    if (this.#position < available) return this.#append(session, available)
    if (jump) return this.#leap(session, jump)
    if (!this.#over || this.complete) return 'idle'
    return this.#finish(session)
  }

  /** The server heard speech begin. */
  onSpeechStarted(session: RealtimeSession, item: string, ms: number): void {
    if (session !== this.#session || !this.#streaming) return
    const { ledger, onMark, plan } = this.#options
    const known = session.turnOf(item)
    if (known && known !== ledger.open) return
    // Where `speech_stopped` was lost, the next turn must not be one with it.
    if (this.#openItem !== undefined && this.#openItem !== item)
      this.#closeTurn(this.#placeOf(ms))
    if (!ledger.open) {
      const from = Math.max(this.#placeOf(ms), this.#decided)
      const padding = Number(plan.serverTurns?.['prefix_padding_ms'] ?? 0)
      const start = this.#placeOf(ms + padding)
      onMark({ type: 'open', from, start: Math.max(from, start) })
    }
    if (!ledger.open) return
    session.adopt(item, ledger.open)
    this.#openItem = item
  }

  /** The server heard it end, and commits the turn. */
  onSpeechStopped(session: RealtimeSession, item: string, ms: number): void {
    if (session !== this.#session) return
    if (session.turnOf(item) === this.#options.ledger.open)
      this.#closeTurn(this.#placeOf(ms))
  }

  /** A turn is committed, after silence or because it was asked for. */
  onServerCommit(session: RealtimeSession, item: string): void {
    const { ledger, onMark, store } = this.#options
    if (session !== this.#session || !this.#streaming) return
    const turn = session.turnOf(item)
    if (turn && turn !== ledger.open) return
    if (!turn) {
      const from = this.#decided
      onMark({ type: 'open', from, start: from })
      session.adopt(item, ledger.open!)
    }
    this.#closeTurn(Math.min(this.#position, store.end))
  }

  /**
   * An answer came for a turn that is open: the event that ends it was lost.
   *
   * @returns whether the turn is over
   */
  onAnswer(session: RealtimeSession): boolean {
    if (session !== this.#session || !this.#streaming) return false
    this.#closeTurn(this.#position)
    return true
  }

  /** An answer came for no turn: the events that begin it were lost. */
  onStray(session: RealtimeSession): void {
    if (session === this.#session && this.#streaming)
      session.fail('an event of the server was lost')
  }

  #placeOf(ms: number): number {
    return this.#clock.toSource(ms * SAMPLES_PER_MS)
  }

  #closeTurn(place: number): void {
    const { ledger, onMark, onCommitted, plan } = this.#options
    const turn = ledger.open
    if (!turn) return
    const to = Math.max(place, turn.from)
    const silence = Number(plan.serverTurns?.['silence_duration_ms'] ?? 0)
    const end = Math.max(turn.start, to - silence * SAMPLES_PER_MS)
    onMark({ type: 'close', end: Math.min(end, to), to })
    this.#decided = to
    this.#openItem = undefined
    turn.sent = to
    turn.committed = true
    onCommitted(turn)
  }

  /** A turn that the server does not end is sent again as one that is known. */
  #endLong(): void {
    const { ledger } = this.#options
    const { open } = ledger
    if (!open || this.#position - open.from < MAX_TURN) return
    this.#closeTurn(this.#position)
    open.reset()
  }

  /** A new session goes on after the last turn that was found. */
  #begin(session: RealtimeSession): void {
    if (this.#session) this.#countStuck()
    this.#openItem = undefined
    this.#session = session
    this.#clock = new SessionClock()
    this.#streaming = false
    this.#rewind()
  }

  /**
   * Where three sessions ended before the server had decided on anything, and
   * `giveUpMs` have passed, the audio that each of them got is skipped.
   */
  #countStuck(): void {
    const { ledger, store, onSkip, giveUpMs } = this.#options
    const at = Math.max(ledger.open?.from ?? this.settled, store.start)
    const now = performance.now()
    if (this.#stuck.at !== at)
      this.#stuck = { at, since: now, sessions: 0, reached: Infinity }
    if (this.#position > at) {
      this.#stuck.sessions++
      this.#stuck.reached = Math.min(this.#stuck.reached, this.#position)
    }
    const { since, sessions, reached } = this.#stuck
    if (sessions < MAX_TRIES || now - since <= giveUpMs) return
    if (ledger.open) {
      const { open } = ledger
      this.#closeTurn(reached)
      return open.reset()
    }
    onSkip(at, reached, `${sessions} sessions ended before they answered it`)
    this.#decided = reached
  }

  #rewind(): void {
    const { ledger, store } = this.#options
    this.#position = Math.max(ledger.open?.from ?? this.settled, store.start)
  }

  /** The server is to find turns in what follows. */
  #stream(session: RealtimeSession): void {
    if (!this.#repairs.between(session)) {
      this.#repairs.interrupt()
      session.clear()
    }
    this.#configure(session, this.#options.plan.serverTurns ?? null)
    this.#streaming = true
    this.#clock.start(session.samples, this.#position)
  }

  /** It is not: turns follow that are known. */
  #halt(session: RealtimeSession): void {
    session.clear()
    this.#configure(session, null)
    this.#streaming = false
    this.#rewind()
  }

  #configure(
    session: RealtimeSession,
    turns: Readonly<Record<string, unknown>> | null,
  ): void {
    const { config } = this.#options.plan
    const input = { ...config.audio.input, turn_detection: turns }
    session.configure({ ...config, audio: { input } })
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

  /** Warns of audio as loud as speech in which the server found no turn. */
  async #checkFound(until: number, most: number): Promise<void> {
    const { ledger, store } = this.#options
    const from = Math.max(this.#decided, this.#loudUntil, store.start)
    if (from === this.#decided) this.#loud = 0
    this.#loudUntil = until
    if (ledger.open || from >= until) return
    const bytes = await store.read(from, until)
    this.#loud += loudSamples(bytes)
    if (this.#loud < most || this.#decided > from) return
    this.#options.onWarning(
      "the server found no turn in audio that is as loud as speech; if somebody speaks there, lower the threshold of turnDetection, or use { type: 'local_vad' }",
    )
  }

  /** Has the server say when it has heard what it was sent. */
  #ask(session: RealtimeSession): void {
    const { answerMs, onDeaf, onHeard } = this.#options
    const place = this.#position
    this.#unasked = 0
    session.configure()
    const timer = setTimeout(() => onDeaf(session), answerMs)
    void session.answered().then(() => {
      clearTimeout(timer)
      if (session.ended) return
      this.#heard = Math.max(this.#heard, place)
      return this.#checkFound(place, MAX_UNFOUND).then(onHeard)
    })
  }

  /** Where the source has a gap, the server hears a silence. */
  #leap(
    session: RealtimeSession,
    { at, to }: { at: number; to: number },
  ): Step {
    this.#clock.stop(at)
    this.#appendSilence(session)
    this.#position = to
    this.#clock.start(session.samples, to)
    this.#ask(session)
    return 'done'
  }

  /** Has the server end the last turn. */
  async #finish(session: RealtimeSession): Promise<Step> {
    const { ledger, plan, store } = this.#options
    this.#clock.stop(store.end)
    this.#appendSilence(session)
    this.#configure(session, plan.serverTurns ?? null)
    await session.answered() // it has heard all that was sent
    if (session.ended || session !== this.#session) return 'done'
    if (ledger.open || (await this.#isLoud())) {
      session.commitFound()
      this.#configure(session, null)
      await session.answered()
      if (session.ended || session !== this.#session) return 'done'
    }
    const { open } = ledger
    if (open) {
      // The server does not end it: it is sent again as one that is known.
      this.#closeTurn(store.end)
      open.reset()
    } else await this.#checkFound(store.end, MAX_UNFOUND_TAIL)
    this.complete = true
    return 'done'
  }

  #appendSilence(session: RealtimeSession): void {
    const { serverTurns } = this.#options.plan
    const ms = Number(serverTurns?.['silence_duration_ms'] ?? 0) + TAIL_MS
    session.append(Buffer.alloc(ms * SAMPLES_PER_MS * 2))
  }

  /** Whether the server may have missed something after the last turn. */
  async #isLoud(): Promise<boolean> {
    const { store } = this.#options
    const from = Math.max(this.settled, store.start)
    const bytes = await store.read(from, store.end)
    for (let at = 0; at + 1 < bytes.length; at += 2)
      if (Math.abs(bytes.readInt16LE(at)) > LOUD) return true
    return false
  }
}
