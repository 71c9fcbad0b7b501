import {
  liveTextRules,
  type Latency,
  type LiveTextRule,
  LiveText,
  type PlacedWord,
} from './live-text.ts'
import {
  onAbort,
  checkRecognition,
  type PartialOptions,
  type Recognition,
  type RecognitionStream,
  type Recognizer,
  RECOGNIZER_RATE,
  SAMPLES_PER_MS,
  wordsOf,
} from './recognizer.ts'
import {
  LIVE_CUT_MS,
  MAX_TURN_MS,
  type OpenTurn,
  type Turn,
} from './turn-segmenter.ts'
import { VAD_FRAME } from './voice-activity.ts'

export type LiveTurnOptions = {
  readonly recognizer: Recognizer
  readonly job: Pick<PartialOptions, 'session' | 'language' | 'keywords'>
  readonly latency: Latency
  /** Sample of the source from which samples are counted. */
  readonly base: number
  readonly audio: (from: number, to: number) => Float32Array<ArrayBuffer>
  /** Called with text to append, and the end of the audio transcribed. */
  readonly onText: (text: string, at: number) => void
  /** Called with the start time (performance.now()) of each partial. */
  readonly onPartial: (startedAt: number) => void
  readonly onError: (error: Error) => void
  readonly signal: AbortSignal
}

type FinalDecoding = {
  readonly from: number
  readonly to: number
  readonly recognition: Promise<Recognition>
}

/** A forced cut lies at or after this sample of a turn. */
const EARLIEST_CUT = LIVE_CUT_MS * SAMPLES_PER_MS
const MAX_SAMPLES = MAX_TURN_MS * SAMPLES_PER_MS
/**
 * Words shown do not change, and the time to decode grows with the audio. So
 * the start of a window longer than this moves, in samples.
 */
const MAX_WINDOW = 5 * RECOGNIZER_RATE
/** Limits of the window's length after that. */
const LONGEST_NEW_WINDOW = 4 * RECOGNIZER_RATE
const SHORTEST_NEW_WINDOW = 2 * RECOGNIZER_RATE

/**
 * An open turn. Jobs transcribe its audio repeatedly, one at a time, with the
 * words of the last partial transcript as a draft to verify. Stable words are
 * shown. A slower machine makes fewer partial transcripts and lags by one job
 * at most. Once the speaker pauses, the turn is decoded as if it had ended, so
 * its final is ready when the silence has lasted long enough.
 *
 * A recogniser with `open()` gets a stream of the audio instead.
 */
export class LiveTurn {
  readonly #options: LiveTurnOptions
  readonly #rule: LiveTextRule
  readonly #text: LiveText
  readonly #abort = new AbortController()
  readonly #removeAbortListener: () => void
  #stream: RecognitionStream | undefined
  #lastPartial: Promise<void> = Promise.resolve()
  #open: OpenTurn | undefined
  #available = 0
  #transcribedTo = 0
  #shownTo = 0
  /** Start of the audio to transcribe, in samples of the turn. */
  #windowFrom = 0
  #words: readonly PlacedWord[] = []
  #busy = false
  #final: FinalDecoding | undefined
  #over = false

  constructor(options: LiveTurnOptions) {
    this.#options = options
    this.#rule = liveTextRules[options.latency]
    this.#text = new LiveText(this.#rule)
    const { signal } = options
    const abort = (): void => this.#abort.abort(signal.reason)
    this.#removeAbortListener = onAbort(signal, abort)
  }

  /** @param available index after the last sample available */
  update(open: OpenTurn, available: number): void {
    this.#open = open
    this.#available = available
    if (open.settled) this.prefetchFinal(open)
    this.#transcribeMore()
  }

  /**
   * Decodes the turn as if it ended now, in case it does.
   *
   * @param audio its audio, if it is not that of the source
   */
  prefetchFinal(open: Turn, audio?: Float32Array<ArrayBuffer>): void {
    const { from, to } = open
    // A stream has little left to do at the end of a turn.
    if (this.#options.recognizer.open || this.#final?.to === to) return
    const final = this.#decode(open, audio)
    this.#final = final
    final.recognition.then(
      recognition => {
        if (this.#final === final) this.#show(recognition, from, to, true)
      },
      () => {}, // the caller of close() handles it
    )
  }

  close(turn: Turn): Promise<Recognition> {
    this.#over = true
    const { from, to } = turn
    if (this.#stream) this.#final = this.#endStream(this.#stream, turn)
    else if (this.#final?.from !== from || this.#final.to !== to)
      this.#final = this.#decode(turn)
    const { recognition } = this.#final
    recognition.then(this.#release, this.#release)
    return recognition
  }

  drop(): void {
    this.#over = true
    this.#release()
  }

  /** End of the audio from which the last text shown comes, in samples. */
  get shownTo(): number {
    return this.#shownTo
  }

  remainingText(recognition: Recognition): string {
    return this.#text.finish(withEnds(recognition, 0))
  }

  readonly #release = (): void => {
    this.#removeAbortListener()
    this.#abort.abort()
  }

  #jobAt(sample: number) {
    const { job, base } = this.#options
    return { ...job, signal: this.#abort.signal, offset: base + sample }
  }

  #decode(
    { from, to, spoken }: Turn,
    audio = this.#options.audio(from, to),
  ): FinalDecoding {
    const { recognizer } = this.#options
    const options = { ...this.#jobAt(from), spoken, live: true }
    const recognition = recognizer.recognize(audio, options)
    recognition.catch(() => {}) // the caller of close() handles it
    return { from, to, recognition }
  }

  #endStream(stream: RecognitionStream, turn: Turn): FinalDecoding {
    const { from, to } = turn
    // After a forced cut, the stream has received audio of the next turn.
    if (this.#transcribedTo > to) return this.#decode(turn)
    const rest = this.#options.audio(Math.max(from, this.#transcribedTo), to)
    const recognition = this.#lastPartial.then(async () => {
      if (rest.length > 0) await stream.push(rest)
      return stream.end()
    })
    recognition.catch(() => {}) // the caller of close() handles it
    return { from, to, recognition }
  }

  #transcribeMore(): void {
    const { recognizer, onPartial, onError } = this.#options
    if (this.#busy || this.#over) return
    if (!recognizer.recognizePartial && !recognizer.open) return
    const { from, to: end, settled } = this.#open!
    // The turn would not contain more of the pause.
    const to = settled ? end : Math.min(this.#available, from + MAX_SAMPLES)
    const step = settled ? 1 : this.#rule.step
    if (to - this.#transcribedTo < step) return
    this.#busy = true
    const startedAt = performance.now()
    const partial = recognizer.open
      ? this.#pushToStream(from, to)
      : this.#transcribeWindow(from, to)
    this.#transcribedTo = to
    const windowFrom = from + this.#windowFrom
    this.#lastPartial = partial.then(
      recognition => {
        this.#busy = false
        onPartial(startedAt)
        this.#show(recognition, windowFrom, to, settled)
        this.#transcribeMore()
      },
      (error: Error) => {
        // After the end of the turn, its last partial was cancelled.
        if (!this.#over) onError(error)
        throw error
      },
    )
    this.#lastPartial.catch(() => {}) // the caller of close() handles it
  }

  async #pushToStream(from: number, to: number): Promise<Recognition> {
    const { recognizer, audio } = this.#options
    const samples = audio(Math.max(from, this.#transcribedTo), to)
    this.#stream ??= recognizer.open!(this.#jobAt(from))
    return checkRecognition(recognizer, await this.#stream.push(samples))
  }

  async #transcribeWindow(from: number, to: number): Promise<Recognition> {
    const { recognizer, audio } = this.#options
    if (to - from - this.#windowFrom > MAX_WINDOW) this.#moveWindow(to - from)
    const start = from + this.#windowFrom
    const draft = this.#words.filter(({ end }) => end > this.#windowFrom)
    const options = { ...this.#jobAt(start), draft }
    const partial = await recognizer.recognizePartial!(
      audio(start, to),
      options,
    )
    return checkRecognition(recognizer, partial)
  }

  /** @param start and to: the audio transcribed, in samples of the source */
  #show(
    recognition: Recognition,
    start: number,
    to: number,
    paused: boolean,
  ): void {
    if (this.#over) return
    const { from } = this.#open!
    const offset = start - from
    this.#words = withEnds(recognition, to - start).map(word => ({
      ...word,
      end: word.end + offset,
    }))
    const text = this.#text.update(
      this.#words,
      offset,
      to - from,
      paused,
      EARLIEST_CUT,
    )
    if (text === '') return
    this.#shownTo = to
    this.#options.onText(text, to)
  }

  /** Moves the start of the window to the quietest end of a word shown. */
  #moveWindow(end: number): void {
    const { probabilities } = this.#open!
    let lowest = Infinity
    for (const at of this.#text.ends) {
      if (at < end - LONGEST_NEW_WINDOW || at > end - SHORTEST_NEW_WINDOW)
        continue
      const probability = probabilities[Math.floor(at / VAD_FRAME)] ?? 1
      if (probability > lowest) continue
      lowest = probability
      this.#windowFrom = at
    }
  }
}

/** Words with their ends; without times, spread over the audio evenly. */
const withEnds = (recognition: Recognition, length: number): PlacedWord[] => {
  const words = wordsOf(recognition)
  return words.map((word, i) => ({
    ...word,
    end: word.end ?? Math.round((length * (i + 1)) / words.length),
  }))
}
