import type {
  FinalEvent,
  GapEvent,
  TranscriptEvent,
} from '../core/transcript-event.ts'
import { checkRecognition, type GuessOptions, type Recognition, type Recognizer, textOf, wordsOf } from './recognizer.ts'
import type { Latency } from './latency.ts'
import { LiveTurn } from './live-turn.ts'
import { Sequence } from './serial-queue.ts'
import type {
  CommitHandlers,
  SessionOptions,
  SpeechSession,
} from './speech-session.ts'
import { Stretch } from './audio-run.ts'
import type { Turn, TurnOptions, TurnSignal } from './turn-segmenter.ts'
import type { VoiceActivity } from './voice-activity.ts'
import { timedWords } from './word-times.ts'

const SAMPLES_PER_MS = 16

/** A live hypothesis that takes longer than this is worth a warning. */
const SLOW_MS = 1_500

/** Options of {@link LocalSession}. */
export type LocalSessionOptions = SessionOptions & {
  /**
   * Whether the source, and what comes after a commit, may begin in the midst
   * of a word.
   * @default false
   */
  readonly abrupt?: boolean
}

/**
 * A session whose turns are found by voice activity, which runs over the
 * audio in order; they are recognised as many at a time as the
 * recogniser works on, and come out in order. A commit ends the open turn ahead of time.
 */
export class LocalSession implements SpeechSession {
  readonly #recognizer: Recognizer
  readonly #voiceActivity: VoiceActivity
  /** What the recogniser is told with each job. */
  readonly #job: Pick<GuessOptions, 'session' | 'language' | 'keywords'>
  readonly #turns: TurnOptions
  readonly #onEvent: (event: TranscriptEvent) => void
  readonly #onError: (error: Error) => void
  readonly #signal: AbortSignal
  readonly #latency: Latency | undefined
  readonly #urgent: boolean
  readonly #abrupt: boolean
  readonly #maxPending: number
  #stretch: Stretch
  /** The turn that is open, in live speech. */
  #live: LiveTurn | undefined
  /** Since when hypotheses are expected in time; never, once it was told. */
  #punctualFrom = Infinity
  #turnCount = 0
  readonly #pending: Promise<void>[] = []
  /** Where the finals and gaps begin that are not out yet, in ms. */
  readonly #coming: number[] = []
  /** Detection, and what else is done to audio as it comes. */
  readonly #input = new Sequence()
  /** Finals and gaps. */
  readonly #output = new Sequence()
  #gaps = false
  #failed = false

  constructor(options: LocalSessionOptions) {
    const { recognizer, turns = {}, latency, urgent, abrupt = false } = options
    const { language, keywords } = options
    this.#recognizer = recognizer
    this.#voiceActivity = options.voiceActivity
    this.#job = {
      session: this,
      ...(language !== undefined && { language }),
      ...(keywords && { keywords }),
    }
    this.#turns = turns
    this.#latency = latency
    this.#urgent = urgent ?? latency !== undefined
    this.#abrupt = abrupt
    this.#onEvent = options.onEvent
    this.#onError = options.onError
    this.#signal = options.signal
    // Those that are worked on, and one ready for each when it is done.
    this.#maxPending = 2 * (recognizer.size ?? 1)
    this.#stretch = this.#newStretch(0)
  }

  prepare(): void {
    if (!this.#urgent) return
    const warm = this.#recognizer.warmUp?.() ?? Promise.resolve()
    warm.then(
      () => (this.#punctualFrom = performance.now()),
      () => {}, // the first turn meets it too
    )
  }

  push(samples: Float32Array, offset: number): Promise<void> {
    return this.#run(async () => {
      const expected = this.#stretch.base + this.#stretch.length
      if (offset > expected) await this.#jump(expected, offset)
      this.#stretch.append(samples)
      while (this.#stretch.full) await this.#look()
    })
  }

  advance(): Promise<void> {
    return this.#run(() => this.#look())
  }

  foresee(tail: Float32Array): Promise<void> {
    return this.#run(async () => {
      await this.#look()
      const ended = this.#live && this.#stretch.ifEnded(tail)
      if (ended) this.#live?.foresee(ended.turn, ended.audio)
    })
  }

  commit(told?: CommitHandlers): Promise<void> {
    return this.#run(() => this.#close(told))
  }

  clear(): Promise<void> {
    return this.#run(async () => {
      await this.#look()
      this.#abandon()
    })
  }

  leave(): Promise<Float32Array<ArrayBuffer>> {
    return this.#run(async () => {
      await this.#look()
      const rest = this.#stretch.rest()
      this.#abandon()
      return rest
    })
  }

  end(): Promise<void> {
    return this.#run(async () => {
      await this.#close()
      await this.#output.done
      const duration = this.#stretch.base / SAMPLES_PER_MS
      this.#onEvent({ type: 'end', duration, complete: !this.#gaps })
    })
  }

  get settled(): number {
    return Math.min(...this.#coming, this.#ms(this.#stretch.earliest))
  }

  /** Ends the stretch that lies before a gap, and begins one after it. */
  async #jump(from: number, to: number): Promise<void> {
    const start = from / SAMPLES_PER_MS
    const end = to / SAMPLES_PER_MS
    const reason = 'the source has no audio here'
    this.#coming.push(start)
    await this.#close()
    this.#gaps = true
    this.#inOrder(() => this.#come({ type: 'gap', start, end, reason }))
    this.#stretch = this.#newStretch(to)
  }

  /** Ends the turn that is open, and begins a stretch behind it. */
  async #close({ before, after }: CommitHandlers = {}): Promise<void> {
    const stretch = this.#stretch
    await stretch.lookAtRest(signal => this.#take(signal))
    before?.()
    const signals = stretch.end()
    for (const signal of signals) this.#take(signal)
    after?.(signals.length > 0 ? this.#name : undefined)
    this.#stretch = this.#newStretch(stretch.base + stretch.length)
    await this.#room()
  }

  /** Gives the open turn up, and begins a stretch behind it. */
  #abandon(): void {
    this.#live?.drop()
    this.#live = undefined
    const { base, length } = this.#stretch
    this.#stretch = this.#newStretch(base + length)
  }

  async #look(): Promise<void> {
    const stretch = this.#stretch
    await stretch.look(signal => this.#take(signal))
    const { open } = stretch
    if (open) this.#live?.advance(open, stretch.known)
    stretch.trim()
    await this.#room()
  }

  /** Waits while enough turns are ready to be recognised. */
  async #room(): Promise<void> {
    while (this.#pending.length >= this.#maxPending) await this.#pending[0]
  }

  #take(signal: TurnSignal): void {
    if (signal.type === 'turn') return this.#finish(signal.turn)
    this.#turnCount++
    const at = this.#ms(signal.at)
    this.#onEvent({ type: 'speech-start', turn: this.#name, at })
    this.#live = this.#newLiveTurn(this.#name)
  }

  #finish(turn: Turn): void {
    const name = this.#name
    const base = this.#ms(0)
    const [start, end] = [this.#ms(turn.start), this.#ms(turn.end)]
    this.#coming.push(start)
    this.#onEvent({ type: 'speech-end', turn: name, at: end })
    const live = this.#live
    this.#live = undefined
    const recognition = live
      ? live.close(turn)
      : this.#recognizer.recognize(this.#stretch.audio(turn.from, turn.to), {
          ...this.#job,
          signal: this.#signal,
          spoken: turn.spoken,
          live: this.#urgent,
          offset: this.#stretch.base + turn.from,
        })
    recognition.catch(() => {}) // it is awaited in order, below
    const at = this.#ms(Math.max(turn.to, live?.shownTo ?? 0))
    this.#inOrder(async () => {
      const heard = checkRecognition(this.#recognizer, await recognition)
      const rest = live?.rest(heard) ?? ''
      if (rest !== '')
        this.#onEvent({ type: 'delta', turn: name, text: rest, at })
      this.#come({
        type: 'final',
        turn: name,
        text: textOf(heard),
        start,
        end,
        ...this.#details(heard, turn, base),
      })
    })
  }

  /** What a final has where the recogniser tells it. */
  #details(
    heard: Recognition,
    turn: Turn,
    base: number,
  ): Pick<FinalEvent, 'words' | 'language'> {
    const { wordTimes = 'model' } = this.#recognizer
    const words = timedWords(wordsOf(heard), turn, base, wordTimes)
    return {
      ...(words && { words }),
      ...(heard.language !== undefined && { language: heard.language }),
    }
  }

  #newStretch(base: number): Stretch {
    return new Stretch({
      voiceActivity: this.#voiceActivity,
      session: this,
      turns: this.#turns,
      live: this.#latency !== undefined,
      base,
      abrupt: this.#abrupt,
      signal: this.#signal,
    })
  }

  #newLiveTurn(turn: string): LiveTurn | undefined {
    if (this.#latency === undefined) return undefined
    const stretch = this.#stretch
    return new LiveTurn({
      recognizer: this.#recognizer,
      job: this.#job,
      latency: this.#latency,
      base: stretch.base,
      audio: (from, to) => stretch.audio(from, to),
      onText: (text, at) =>
        this.#onEvent({
          type: 'delta',
          turn,
          text,
          at: (stretch.base + at) / SAMPLES_PER_MS,
        }),
      onHeard: begun => this.#checkLag(begun),
      onError: error =>
        this.#inOrder(() => {
          throw error
        }),
      signal: this.#signal,
    })
  }

  #checkLag(begun: number): void {
    const lag = performance.now() - begun
    if (begun < this.#punctualFrom || lag < SLOW_MS) return
    this.#punctualFrom = Infinity
    this.#onEvent({
      type: 'warning',
      code: 'VOX_LIVE_BEHIND',
      message:
        `this machine is too busy for live text: it comes ${(lag / 1_000).toFixed(1)} s late, ` +
        'but nothing is lost; fewer streams or a smaller model need less',
    })
  }

  /** A final or a gap that was expected is there. */
  #come(event: FinalEvent | GapEvent): void {
    this.#coming.splice(this.#coming.indexOf(event.start), 1)
    this.#onEvent(event)
  }

  /** Runs a step of the output's side after all before it. */
  #inOrder(step: () => void | Promise<void>): void {
    const done = this.#output.run(step)
    this.#pending.push(done)
    done.then(
      () => void this.#pending.shift(),
      (error: Error) => this.#fail(error),
    )
  }

  /**
   * Runs a step of the input's side after all before it. If it fails, what
   * was found before is recognised first: its finals come before the error.
   */
  #run<T>(step: () => T | Promise<T>): Promise<T> {
    return this.#input.run(async () => {
      try {
        return await step()
      } catch (error) {
        await this.#output.done.catch(() => {}) // onError gets it
        throw error
      }
    })
  }

  #fail(error: Error): void {
    if (this.#failed) return
    this.#failed = true
    this.#onError(error)
  }

  /** The turn that began last. */
  get #name(): string {
    return `turn-${this.#turnCount}`
  }

  /** Place of a sample of this stretch in the source, in ms. */
  #ms(sample: number): number {
    return (this.#stretch.base + sample) / SAMPLES_PER_MS
  }
}
