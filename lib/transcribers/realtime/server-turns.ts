import type { TurnMark } from '../../core/turn-detector.ts'
import { SAMPLES_PER_MS } from './final-of.ts'
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
    const lost = ledger
      .unsettled()
      .some(({ to, committed }) => to !== undefined && !committed)
    if (lost && !ledger.open) {
      if (this.#streaming) this.#halt(session)
      return this.#repairs.step(session)
    }
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
    if (!ledger.open) {
      const from = Math.max(this.#placeOf(ms), this.#decided)
      const padding = Number(plan.serverTurns?.['prefix_padding_ms'] ?? 0)
      const start = this.#placeOf(ms + padding)
      onMark({ type: 'open', from, start: Math.max(from, start) })
    }
    if (ledger.open) session.adopt(item, ledger.open)
  }

  /** The server heard it end, and commits the turn. */
  onSpeechStopped(session: RealtimeSession, item: string, ms: number): void {
    if (session.turnOf(item) === this.#options.ledger.open)
      this.#closeTurn(this.#placeOf(ms))
  }

  /** A turn is committed, after silence or because it was asked for. */
  onServerCommit(session: RealtimeSession, item: string): void {
    const { ledger, onMark, store } = this.#options
    if (session !== this.#session) return
    const turn = session.turnOf(item)
    if (turn && turn !== ledger.open) return
    if (!turn) {
      const from = this.#decided
      onMark({ type: 'open', from, start: from })
      session.adopt(item, ledger.open!)
    }
    this.#closeTurn(Math.min(this.#position, store.end))
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
    turn.sent = to
    turn.committed = true
    onCommitted(turn)
  }

  /** A new session goes on after the last turn that was found. */
  #begin(session: RealtimeSession): void {
    this.#session = session
    this.#clock = new SessionClock()
    this.#streaming = false
    this.#rewind()
  }

  #rewind(): void {
    const { ledger, store } = this.#options
    this.#position = Math.max(ledger.open?.from ?? this.settled, store.start)
  }

  /** The server is to find turns in what follows. */
  #stream(session: RealtimeSession): void {
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

  /** Has the server say when it has heard what it was sent. */
  #ask(session: RealtimeSession): void {
    const place = this.#position
    this.#unasked = 0
    session.configure()
    void session.answered().then(() => {
      if (session.ended) return
      this.#heard = Math.max(this.#heard, place)
      this.#options.onHeard()
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
