import { EngineFailedError, OptionError } from '../core/errors.ts'
import { checkInteger, checkNumber, checkOneOf } from '../core/options.ts'
import {
  onAbort,
  type PartialOptions,
  RECOGNIZER_RATE,
  type Recognition,
  type RecognitionStream,
  type RecognizeOptions,
  type Recognizer,
  textOf,
} from '../recognizers/recognizer.ts'
import {
  type JobOptions,
  type DetectOptions,
  VAD_FRAME,
  type VoiceActivity,
  type VoiceActivityResult,
} from '../recognizers/voice-activity.ts'
import { type Script, speechIn, wordsIn } from './scripted-words.ts'

/** A call of a scripted recogniser. */
export type ScriptedJob = JobOptions &
  Pick<RecognizeOptions, 'live' | 'spoken' | 'language' | 'keywords'> & {
    /** What it was asked to do. */
    readonly type:
      'ready' | 'warm-up' | 'detect' | 'recognize' | 'partial' | 'push' | 'end'
    /** Number of the job among those of its type, from 1. */
    readonly number: number
    /** Number of samples in the call. */
    readonly length: number
  }

/** Options of {@link scriptedRecognizer}. */
export type ScriptedRecognizerOptions = Script & {
  /** @default 'scripted' */
  readonly model?: string
  /** @default any */
  readonly languages?: readonly string[]
  /**
   * Language that it reports as detected.
   * @default none
   */
  readonly language?: string
  /** @default false */
  readonly supportsKeywords?: boolean
  /** @default 1 */
  readonly size?: number
  /**
   * What it does while a turn is open: recognises it repeatedly (`partial`),
   * takes audio as it arrives (`stream`), or nothing (`none`).
   * @default 'partial'
   */
  readonly live?: 'partial' | 'stream' | 'none'
  /**
   * Whether words have times. Otherwise answers are a text.
   * @default true
   */
  readonly wordTimes?: boolean
  /**
   * Called before each job with the job and its samples. If it throws or
   * rejects, the job fails with that error. If it returns a promise, the job
   * waits for it until its signal or {@link Recognizer.close} aborts.
   */
  readonly onJob?: (
    job: ScriptedJob,
    samples: Float32Array,
  ) => void | Promise<void>
}

/** Most samples of a turn, and of a step of voice activity detection. */
const MAX_TURN = 15 * RECOGNIZER_RATE
const MAX_DETECT = 17 * RECOGNIZER_RATE

/**
 * Creates a recogniser without a model, for tests. It recognises the words of a
 * script, or the numbers of {@link numberedAudio}, with the same result on
 * every machine, and can be slow or fail on demand. Words whose audio is
 * missing or silent are omitted. A word that is cut belongs to the side with
 * its middle; of an incomplete numbered frame, that word is `~50` in place of
 * `w50`.
 *
 * It fails with `VOX_ENGINE_FAILED` if a call breaks the contract of {@link
 * Recognizer}, {@link RecognitionStream} or {@link VoiceActivity}: audio that
 * is too long, a push before the last one is done, a state of other audio.
 *
 * @throws OptionError
 */
export const scriptedRecognizer = (
  options: ScriptedRecognizerOptions = {},
): ScriptedRecognizer => {
  const { words = [], repeatMs, size = 1, live = 'partial' } = options
  let last = 0
  for (const [i, { start, end }] of words.entries()) {
    checkNumber(`words[${i}].start`, start, words[i - 1]?.start ?? 0)
    checkNumber(`words[${i}].end`, end, start)
    last = Math.max(last, end)
  }
  if (repeatMs !== undefined) checkNumber('repeatMs', repeatMs, last || 1)
  if (repeatMs !== undefined && !options.words)
    throw new OptionError('repeatMs', 'needs words to repeat')
  checkInteger('size', size, 1)
  checkOneOf('live', live, ['partial', 'stream', 'none'])
  return new ScriptedRecognizer(options)
}

/** Created by {@link scriptedRecognizer}. */
export class ScriptedRecognizer implements Recognizer {
  readonly model: string
  readonly languages?: readonly string[]
  readonly supportsKeywords: boolean
  readonly size: number
  readonly voiceActivity: VoiceActivity
  readonly recognizePartial?: NonNullable<Recognizer['recognizePartial']>
  readonly open?: NonNullable<Recognizer['open']>
  /** All calls so far, in order. */
  readonly jobs: ScriptedJob[] = []
  readonly #options: ScriptedRecognizerOptions
  readonly #counts = new Map<ScriptedJob['type'], number>()
  readonly #closing = new AbortController()

  constructor(options: ScriptedRecognizerOptions) {
    const { model = 'scripted', languages, live = 'partial' } = options
    this.model = model
    if (languages) this.languages = languages
    this.supportsKeywords = options.supportsKeywords ?? false
    this.size = options.size ?? 1
    this.#options = options
    this.voiceActivity = {
      detect: (samples, options) => this.#detect(samples, options),
    }
    if (live === 'partial')
      this.recognizePartial = (samples, options) =>
        this.#answer('partial', samples, options)
    if (live === 'stream') this.open = options => this.#stream(options)
  }

  /** Whether {@link close} was called. */
  get closed(): boolean {
    return this.#closing.signal.aborted
  }

  /** Whether {@link warmUp} was called. */
  get warm(): boolean {
    return this.#counts.has('warm-up')
  }

  async ready(): Promise<void> {
    await this.#do('ready')
  }

  async warmUp(): Promise<void> {
    await this.#do('warm-up')
  }

  recognize(
    samples: Float32Array,
    options: RecognizeOptions = {},
  ): Promise<Recognition> {
    return this.#answer('recognize', samples, options)
  }

  async close(): Promise<void> {
    this.#closing.abort(new EngineFailedError('the recogniser is closed'))
  }

  async #detect(
    samples: Float32Array,
    options: DetectOptions = {},
  ): Promise<VoiceActivityResult> {
    const { state = options.offset ?? 0, offset = state as number } = options
    const frames = samples.length / VAD_FRAME
    if (!Number.isInteger(frames) || samples.length > MAX_DETECT)
      throw broken(`detect() got ${samples.length} samples`)
    if (state !== offset)
      throw broken(`detect() got audio from ${offset} with the state of other`)
    await this.#do('detect', samples, options)
    return {
      probabilities: speechIn(this.#options, samples, offset),
      state: offset + samples.length,
    }
  }

  async #answer(
    type: ScriptedJob['type'],
    samples: Float32Array,
    options: PartialOptions,
    pushed = samples,
  ): Promise<Recognition> {
    if (samples.length > MAX_TURN)
      throw broken(`${type}() got a turn of ${samples.length} samples`)
    await this.#do(type, pushed, options)
    const { wordTimes = true, language } = this.#options
    const words = wordsIn(this.#options, samples, options.offset ?? 0)
    return {
      ...(language !== undefined && { language }),
      ...(wordTimes ? { words } : { text: textOf({ words }) }),
    }
  }

  #stream(options: PartialOptions): RecognitionStream {
    let samples = new Float32Array()
    let busy = false
    let over = false
    const answer = async (
      type: 'push' | 'end',
      pushed: Float32Array,
    ): Promise<Recognition> => {
      if (busy || over)
        throw broken(`${type}() was called ${over ? 'after end()' : 'early'}`)
      over = type === 'end'
      busy = true
      const all = new Float32Array(samples.length + pushed.length)
      all.set(samples)
      all.set(pushed, samples.length)
      samples = all
      try {
        return await this.#answer(type, samples, options, pushed)
      } finally {
        busy = false
      }
    }
    return {
      push: pushed => answer('push', pushed),
      end: () => answer('end', new Float32Array()),
    }
  }

  async #do(
    type: ScriptedJob['type'],
    samples: Float32Array = new Float32Array(),
    options: JobOptions = {},
  ): Promise<void> {
    const { signal } = options
    signal?.throwIfAborted()
    this.#closing.signal.throwIfAborted()
    const number = (this.#counts.get(type) ?? 0) + 1
    this.#counts.set(type, number)
    const job = { ...options, type, number, length: samples.length }
    this.jobs.push(job)
    const done = this.#options.onJob?.(job, samples)
    if (done)
      await unlessAborted(done, [
        this.#closing.signal,
        ...(signal ? [signal] : []),
      ])
  }
}

const broken = (what: string): EngineFailedError =>
  new EngineFailedError(
    `${what}, which the contract of recognisers does not allow`,
  )

/** Waits for a promise; rejects once a signal aborts. */
const unlessAborted = async (
  done: Promise<void>,
  signals: readonly AbortSignal[],
): Promise<void> => {
  const forget: (() => void)[] = []
  const aborted = new Promise<never>((_, reject) => {
    for (const signal of signals)
      forget.push(onAbort(signal, () => reject(signal.reason as Error)))
  })
  try {
    await Promise.race([done, aborted])
  } finally {
    for (const call of forget) call()
  }
}
