import { checkRecognition, type GuessOptions, type Recognition, type RecognitionStream, type Recognizer, wordsOf } from './recognizer.ts'
import { liveRules, type LiveRule, LiveText, type PlacedWord } from './live-text.ts'
import type { Latency } from './latency.ts'
import { onAbort } from './on-abort.ts'
import {
  LIVE_CUT_MS,
  MAX_TURN_MS,
  type OpenTurn,
  type Turn,
} from './turn-segmenter.ts'
import { VAD_FRAME } from './voice-activity.ts'

/** Options of {@link LiveTurn}. */
export type LiveTurnOptions = {
  readonly recognizer: Recognizer
  /** What each job is given: whose it is, what is spoken. */
  readonly job: Pick<GuessOptions, 'session' | 'language' | 'keywords'>
  readonly latency: Latency
  /** Sample of the source from which samples are counted. */
  readonly base: number
  /** Gives samples of the source. */
  readonly audio: (from: number, to: number) => Float32Array<ArrayBuffer>
  /** Called with text to append, and the sample up to which it was heard. */
  readonly onText: (text: string, at: number) => void
  /** Called with when (performance.now()) a hypothesis was begun. */
  readonly onHeard: (begun: number) => void
  /** Called when the recogniser failed. */
  readonly onError: (error: Error) => void
  readonly signal: AbortSignal
}

/** A decoding of a whole turn, and the audio it is of. */
type Whole = {
  readonly from: number
  readonly to: number
  readonly recognition: Promise<Recognition>
}

/** Samples of a turn after which a forced cut may lie. */
const LIMIT = LIVE_CUT_MS * 16
/** Most samples that a recogniser is given. */
const MOST = MAX_TURN_MS * 16
/**
 * What a decoding costs grows with the audio. When it is longer than this,
 * all but its end is left out, for what has been shown stays as it is.
 */
const LONG = 5 * 16_000
/** Where, from the end, it may begin then. */
const EARLIEST = 4 * 16_000
const LATEST = 2 * 16_000

/**
 * A turn while it is open. Its audio is decoded anew again and again, one
 * decoding at a time, with what was heard before as a draft to be verified;
 * what is sure is shown. While one decoding is under way audio comes in, so a
 * machine that is slower listens less often, and lags by one decoding at
 * most. Once the voice has paused, the turn is decoded as if it were over:
 * where it is, its final is at hand when the silence has lasted long enough.
 *
 * A recogniser that takes audio as it comes is given it instead, and asked
 * what it has heard.
 */
export class LiveTurn {
  readonly #options: LiveTurnOptions
  readonly #rule: LiveRule
  readonly #text: LiveText
  /** Withdraws what it asked of the recogniser. */
  readonly #abort = new AbortController()
  readonly #forget: () => void
  /** Where the recogniser takes audio as it comes, from the first hypothesis. */
  #stream: RecognitionStream | undefined
  #hearing: Promise<void> = Promise.resolve()
  #open: OpenTurn | undefined
  #available = 0
  #heardTo = 0
  #shownTo = 0
  /** Where the audio begins that is listened to; samples of the turn. */
  #begin = 0
  /** What was heard last; ends in samples of the turn. */
  #words: readonly PlacedWord[] = []
  #busy = false
  #whole: Whole | undefined
  #over = false

  constructor(options: LiveTurnOptions) {
    this.#options = options
    this.#rule = liveRules[options.latency]
    this.#text = new LiveText(this.#rule)
    const { signal } = options
    this.#forget = onAbort(signal, () => this.#abort.abort(signal.reason))
  }

  /**
   * More audio is at hand, and the turn is still open.
   *
   * @param available index after the last sample there is
   */
  advance(open: OpenTurn, available: number): void {
    this.#open = open
    this.#available = available
    if (open.settled) this.foresee(open)
    this.#listen()
  }

  /**
   * Decodes the turn as it would be if it ended now, so that its final is at
   * hand if it does.
   *
   * @param audio of it; where it is not what the source has up to now
   */
  foresee(open: Turn, audio?: Float32Array<ArrayBuffer>): void {
    const { from, to } = open
    // A stream is about as far as the audio is.
    if (this.#options.recognizer.open || this.#whole?.to === to) return
    const whole = this.#decode(open, audio)
    this.#whole = whole
    whole.recognition.then(
      recognition => {
        if (this.#whole === whole) this.#hear(recognition, from, to, true)
      },
      () => {}, // whoever closes the turn gets it
    )
  }

  /** The turn is over. */
  close(turn: Turn): Promise<Recognition> {
    this.#over = true
    const { from, to } = turn
    if (this.#stream) this.#whole = this.#finish(this.#stream, turn)
    else if (this.#whole?.from !== from || this.#whole.to !== to)
      this.#whole = this.#decode(turn)
    const { recognition } = this.#whole
    const free = (): void => this.#free()
    recognition.then(free, free)
    return recognition
  }

  /** Nobody wants to know any more what was said in it. */
  drop(): void {
    this.#over = true
    this.#free()
  }

  /** End of the audio in which the last text shown was heard, in samples. */
  get shownTo(): number {
    return this.#shownTo
  }

  /** What is left to show once the final is there. */
  rest(recognition: Recognition): string {
    return this.#text.finish(placed(recognition, 0))
  }

  #free(): void {
    this.#forget()
    this.#abort.abort()
  }

  #decode(
    { from, to, spoken }: Turn,
    audio = this.#options.audio(from, to),
  ): Whole {
    const { recognizer, job, base } = this.#options
    const { signal } = this.#abort
    const recognition = recognizer.recognize(audio, {
      ...job,
      signal,
      spoken,
      live: true,
      offset: base + from,
    })
    recognition.catch(() => {}) // the same
    return { from, to, recognition }
  }

  /** What a stream hears in a turn that is over. */
  #finish(stream: RecognitionStream, turn: Turn): Whole {
    const { from, to } = turn
    // Where it was cut, the stream has heard what belongs to the next.
    if (this.#heardTo > to) return this.#decode(turn)
    const rest = this.#options.audio(Math.max(from, this.#heardTo), to)
    const recognition = this.#hearing.then(async () => {
      if (rest.length > 0) await stream.push(rest)
      return stream.end()
    })
    recognition.catch(() => {}) // the same
    return { from, to, recognition }
  }

  #listen(): void {
    const { recognizer, onHeard, onError } = this.#options
    if (this.#busy || this.#over) return
    if (!recognizer.guess && !recognizer.open) return
    const { from, to: end, settled } = this.#open!
    // Of a pause no more is listened to than its turn would have of it.
    const to = settled ? end : Math.min(this.#available, from + MOST)
    const step = settled ? 1 : this.#rule.step
    if (to - this.#heardTo < step) return
    this.#busy = true
    const begun = performance.now()
    const heard = recognizer.open
      ? this.#follow(from, to)
      : this.#guess(from, to)
    this.#heardTo = to
    const begin = from + this.#begin
    this.#hearing = heard.then(
      recognition => {
        this.#busy = false
        onHeard(begun)
        this.#hear(recognition, begin, to, settled)
        this.#listen()
      },
      (error: Error) => {
        // Once it is over, what is withdrawn is missed by nobody.
        if (!this.#over) onError(error)
        throw error
      },
    )
    this.#hearing.catch(() => {}) // whoever closes the turn gets it
  }

  /** Gives the audio since the last time to a stream. */
  async #follow(from: number, to: number): Promise<Recognition> {
    const { recognizer, job, base, audio } = this.#options
    const { signal } = this.#abort
    const samples = audio(Math.max(from, this.#heardTo), to)
    this.#stream ??= recognizer.open!({ ...job, signal, offset: base + from })
    return checkRecognition(recognizer, await this.#stream.push(samples))
  }

  /** Decodes the turn, or its end, anew. */
  async #guess(from: number, to: number): Promise<Recognition> {
    const { recognizer, job, base, audio } = this.#options
    const { signal } = this.#abort
    if (to - from - this.#begin > LONG) this.#shorten(this.#open!, to - from)
    const begin = from + this.#begin
    const draft = this.#words.filter(({ end }) => end > this.#begin)
    const heard = await recognizer.guess!(audio(begin, to), {
      ...job,
      signal,
      draft,
      offset: base + begin,
    })
    return checkRecognition(recognizer, heard)
  }

  /** @param begin and to: the audio that was heard, in samples of the source */
  #hear(
    recognition: Recognition,
    begin: number,
    to: number,
    settled: boolean,
  ): void {
    if (this.#over) return
    const { from } = this.#open!
    const offset = begin - from
    this.#words = placed(recognition, to - begin).map(word => ({
      ...word,
      end: word.end + offset,
    }))
    const edge = to - from
    const text = this.#text.hear(this.#words, offset, edge, settled, LIMIT)
    if (text === '') return
    this.#shownTo = to
    this.#options.onText(text, to)
  }

  /** Begins where, between two words shown, the voice is least. */
  #shorten({ probabilities }: Turn, end: number): void {
    let least = Infinity
    for (const at of this.#text.ends) {
      if (at < end - EARLIEST || at > end - LATEST) continue
      const voice = probabilities[Math.floor(at / VAD_FRAME)] ?? 1
      if (voice > least) continue
      least = voice
      this.#begin = at
    }
  }
}

/** Words with their ends; where they are not known, spread over the audio. */
const placed = (recognition: Recognition, length: number): PlacedWord[] => {
  const words = wordsOf(recognition)
  return words.map((word, i) => ({
    ...word,
    end: word.end ?? Math.round((length * (i + 1)) / words.length),
  }))
}
