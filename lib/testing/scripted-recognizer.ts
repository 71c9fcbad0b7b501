import { EngineFailedError } from '../core/errors.ts'
import { checkInteger, checkNumber } from '../core/options.ts'
import { onAbort } from '../recognizers/on-abort.ts'
import {
  type GuessOptions,
  type JobOptions,
  RECOGNIZER_RATE,
  type Recognition,
  type RecognitionStream,
  type RecognizedWord,
  type RecognizeOptions,
  type Recognizer,
} from '../recognizers/recognizer.ts'
import {
  type DetectOptions,
  VAD_FRAME,
  type VoiceActivity,
  type VoiceRating,
} from '../recognizers/voice-activity.ts'
import { readNumbers } from './number-code.ts'

/** A word of a script; times in ms of the source. */
export type ScriptedWord = Pick<
  RecognizedWord,
  'text' | 'probability' | 'attached'
> & {
  readonly start: number
  readonly end: number
}

/** What a scripted recogniser is asked. */
export type ScriptedJob = JobOptions & {
  readonly type: 'detect' | 'recognize' | 'guess' | 'push' | 'end'
  /** Number of the job among those of its type, from 1. */
  readonly number: number
  readonly samples: Float32Array
  readonly language?: string
  readonly keywords?: readonly string[]
  readonly live?: boolean
}

/** Options of {@link scriptedRecognizer}. */
export type ScriptedRecognizerOptions = {
  /**
   * What is said and when, on the clock of the source. A word is heard where
   * its audio is not silent.
   * @default what numbered audio says, at 16 kHz
   */
  readonly words?: readonly ScriptedWord[]
  /**
   * After so much audio the words are said again, in ms.
   * @default never
   */
  readonly repeatMs?: number
  /** @default 'scripted' */
  readonly model?: string
  /** @default any */
  readonly languages?: readonly string[]
  /** Language that it says it heard. */
  readonly language?: string
  /** @default false */
  readonly takesKeywords?: boolean
  /** @default 1 */
  readonly size?: number
  /**
   * What it can do while a turn is open: decode it anew (`guess`), take audio
   * as it comes (`stream`), or nothing (`none`).
   * @default 'guess'
   */
  readonly live?: 'guess' | 'stream' | 'none'
  /**
   * Whether words have times; without, answers are a text.
   * @default true
   */
  readonly wordTimes?: boolean
  /**
   * Called before each job is done: what it throws is how the job fails, and
   * how long it takes is how slow it is. What the signal aborts rejects at
   * once.
   */
  readonly onJob?: (job: ScriptedJob) => void | Promise<void>
}

const SAMPLES_PER_MS = RECOGNIZER_RATE / 1_000

/** Mean square from which audio is not silent: −60 dBFS. */
const AUDIBLE = 1e-6

const isAudible = (samples: Float32Array): boolean => {
  let power = 0
  for (const sample of samples) power += sample ** 2
  return power > AUDIBLE * samples.length
}

const partOf = (samples: Float32Array, from: number, to: number) =>
  samples.subarray(Math.max(0, from), Math.max(0, to))

/**
 * A recogniser without a model, for tests: it hears what a script says, or the
 * numbers of {@link numberedAudio}, the same on every machine, and can be slow
 * or fail on demand. Where audio is lost, its words are; where a word is cut,
 * the side hears it that has its middle.
 *
 * @throws OptionError
 */
export const scriptedRecognizer = (
  options: ScriptedRecognizerOptions = {},
): ScriptedRecognizer => {
  const { words = [], repeatMs = 1, size = 1 } = options
  for (const [i, { start, end }] of words.entries()) {
    checkNumber(`words[${i}].start`, start, 0)
    checkNumber(`words[${i}].end`, end, start)
  }
  checkNumber('repeatMs', repeatMs, 1)
  checkInteger('size', size, 1)
  return new ScriptedRecognizer(options)
}

/** A word in samples of some audio. */
type HeardWord = RecognizedWord & {
  readonly start: number
  readonly end: number
}

/** Made by {@link scriptedRecognizer}. */
export class ScriptedRecognizer implements Recognizer {
  readonly model: string
  readonly languages?: readonly string[]
  readonly takesKeywords: boolean
  readonly size: number
  readonly voiceActivity: VoiceActivity
  readonly guess?: NonNullable<Recognizer['guess']>
  readonly open?: NonNullable<Recognizer['open']>
  /**
   * What it was asked, in order, with the samples. Empty it where much is
   * asked: numbers go on.
   */
  readonly jobs: ScriptedJob[] = []
  readonly #options: ScriptedRecognizerOptions
  readonly #counts = new Map<ScriptedJob['type'], number>()
  #closed = false
  #warm = false

  constructor(options: ScriptedRecognizerOptions) {
    const { model = 'scripted', languages, live = 'guess' } = options
    this.model = model
    if (languages) this.languages = languages
    this.takesKeywords = options.takesKeywords ?? false
    this.size = options.size ?? 1
    this.#options = options
    this.voiceActivity = {
      detect: (samples, options) => this.#detect(samples, options),
    }
    if (live === 'guess')
      this.guess = (samples, options) => this.#answer('guess', samples, options)
    if (live === 'stream') this.open = options => this.#stream(options)
  }

  /** Whether {@link close} was called. */
  get closed(): boolean {
    return this.#closed
  }

  /** Whether {@link warmUp} was called. */
  get warm(): boolean {
    return this.#warm
  }

  async warmUp(): Promise<void> {
    this.#warm = true
  }

  recognize(
    samples: Float32Array,
    options: RecognizeOptions = {},
  ): Promise<Recognition> {
    return this.#answer('recognize', samples, options)
  }

  async close(): Promise<void> {
    this.#closed = true
  }

  async #detect(
    samples: Float32Array,
    options: DetectOptions = {},
  ): Promise<VoiceRating> {
    await this.#do('detect', samples, options)
    const probabilities = new Float32Array(samples.length / VAD_FRAME)
    for (const { start, end } of this.#script(samples, options.offset ?? 0))
      for (
        let frame = Math.max(0, Math.floor(start / VAD_FRAME));
        frame < Math.min(probabilities.length, end / VAD_FRAME);
        frame++
      )
        // Each by itself: the same however the audio is cut.
        if (
          isAudible(partOf(samples, frame * VAD_FRAME, (frame + 1) * VAD_FRAME))
        )
          probabilities[frame] = 1
    return { probabilities }
  }

  async #answer(
    type: ScriptedJob['type'],
    samples: Float32Array,
    options: GuessOptions,
  ): Promise<Recognition> {
    await this.#do(type, samples, options)
    const { wordTimes = true, language } = this.#options
    const words = this.#script(samples, options.offset ?? 0).filter(
      ({ start, end }) => {
        const middle = (start + end) / 2
        return (
          middle >= 0 &&
          middle < samples.length &&
          isAudible(partOf(samples, start, end))
        )
      },
    )
    return {
      ...(language !== undefined && { language }),
      ...(wordTimes
        ? {
            words: words.map(word => ({
              ...word,
              start: Math.max(0, word.start),
              end: Math.min(samples.length, word.end),
            })),
          }
        : { text: words.map(({ text }) => text).join(' ') }),
    }
  }

  #stream(options: GuessOptions): RecognitionStream {
    let heard = new Float32Array()
    return {
      push: samples => {
        const all = new Float32Array(heard.length + samples.length)
        all.set(heard)
        all.set(samples, heard.length)
        heard = all
        return this.#answer('push', heard, options)
      },
      end: () => this.#answer('end', heard, options),
    }
  }

  async #do(
    type: ScriptedJob['type'],
    samples: Float32Array,
    options: JobOptions,
  ): Promise<void> {
    const { signal } = options
    signal?.throwIfAborted()
    if (this.#closed) throw new EngineFailedError('the recogniser is closed')
    const number = (this.#counts.get(type) ?? 0) + 1
    this.#counts.set(type, number)
    const job = { ...options, type, number, samples }
    this.jobs.push(job)
    const done = this.#options.onJob?.(job)
    if (done) await (signal ? unlessAborted(done, signal) : done)
  }

  /** Words that should be in some audio, in its samples. */
  #script(samples: Float32Array, offset: number): HeardWord[] {
    const { words, repeatMs = Infinity } = this.#options
    if (!words) return numbersIn(samples)
    const period = repeatMs * SAMPLES_PER_MS
    const first = Number.isFinite(period)
      ? Math.max(0, Math.floor(offset / period))
      : 0
    const found: HeardWord[] = []
    for (let round = first; ; round++) {
      const base = (round === 0 ? 0 : round * period) - offset
      for (const { start: from, end: to, ...word } of words) {
        const start = Math.round(from * SAMPLES_PER_MS + base)
        const end = Math.round(to * SAMPLES_PER_MS + base)
        if (end > 0 && start < samples.length)
          found.push({ ...word, start, end })
      }
      if (base + period >= samples.length) return found
    }
  }
}

/** Resolves with some work, or rejects once a signal is aborted. */
const unlessAborted = (
  work: Promise<void>,
  signal: AbortSignal,
): Promise<void> =>
  new Promise((resolve, reject) => {
    const forget = onAbort(signal, () => reject(signal.reason as Error))
    work.then(resolve, reject).finally(forget)
  })

const numbersIn = (samples: Float32Array): HeardWord[] =>
  [...readNumbers(Int16Array.from(samples, x => Math.round(x * 32_768)))].map(
    ({ index, whole, start, end }) => ({
      text: index === undefined ? '?' : `${whole ? 'w' : '~'}${index}`,
      start,
      end,
    }),
  )
