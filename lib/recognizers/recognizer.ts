import { isFloat32Array } from 'node:util/types'
import { SPEECH_SAMPLE_RATE } from '../core/audio-chunk.ts'
import { EngineFailedError, OptionError } from '../core/errors.ts'
import { checkInteger } from '../core/options.ts'
import {
  type JobOptions,
  type VoiceActivity,
  VAD_FRAME,
  type VoiceActivityResult,
} from './voice-activity.ts'

/** Sample rate of a recogniser's input, which is mono, in Hz. */
export const RECOGNIZER_RATE = SPEECH_SAMPLE_RATE

export const SAMPLES_PER_MS = RECOGNIZER_RATE / 1_000

/** A recognised word. */
export type RecognizedWord = {
  /** The word with its punctuation, without spaces around it. */
  readonly text: string
  /**
   * Start, in samples of the given audio.
   * @default the end of the word before, or where speech resumes after a pause
   */
  readonly start?: number
  /**
   * End, in samples of the given audio. Finals have word times only if each
   * word has its end.
   */
  readonly end?: number
  /** Probability that the word is correct, from 0 to 1. */
  readonly probability?: number
  /**
   * Whether no space separates it from the word before, as in Chinese or
   * Japanese.
   * @default false
   */
  readonly attached?: boolean
  /** Passed back to the recogniser in {@link PartialOptions.draft}. */
  readonly tokens?: readonly number[]
}

/** Result of a recogniser: words, or only a text. */
export type Recognition = {
  /** In order; empty if nobody spoke. */
  readonly words?: readonly RecognizedWord[]
  /**
   * The transcript, in one line.
   * @default the words, with a space between them
   */
  readonly text?: string
  /** Detected language, as an ISO 639-1 code. */
  readonly language?: string
}

/** Options of {@link Recognizer.recognize}. */
export type RecognizeOptions = JobOptions & {
  /** Whether the speaker is waiting for it. Should go before files. */
  readonly live?: boolean
  /** Whether the audio certainly contains words. */
  readonly spoken?: boolean
  /**
   * Language spoken: one of {@link Recognizer.languages}, or as the user wrote
   * it if the recogniser lists none.
   */
  readonly language?: string
  /** Words likely to occur; only with {@link Recognizer.supportsKeywords}. */
  readonly keywords?: readonly string[]
}

/** Options of {@link Recognizer.recognizePartial}. */
export type PartialOptions = Omit<RecognizeOptions, 'live' | 'spoken'> & {
  /** Some of the words that the last call recognised in this audio. */
  readonly draft?: readonly RecognizedWord[]
}

/** Transcribes a turn while it is spoken. */
export interface RecognitionStream {
  /**
   * Takes the next samples of the turn. Not called again before it resolves.
   *
   * @returns the turn so far; times count from its first sample
   */
  push(samples: Float32Array): Promise<Recognition>
  /**
   * Ends the turn. Not called while {@link push} is pending.
   *
   * @returns the transcript of the turn
   */
  end(): Promise<Recognition>
}

/**
 * Transcribes turns of speech: a model on this machine, in another process, or
 * a service. `LocalTranscriber`, `transcribe()` and the server build on it.
 *
 * Audio is 16 kHz mono in [-1, 1], at most 15 s at a time, cut by voice
 * activity detection. Errors should be a `VoxpipeError`. The transcriber emits
 * earlier results first, then the error.
 *
 * Only {@link recognize} is required. Without {@link recognizePartial} and {@link open},
 * the text of live speech comes when the speaker pauses.
 */
export interface Recognizer {
  /** Name of the model, for `start` events. */
  readonly model: string
  /**
   * Supported languages, as ISO 639-1 codes. Others are refused before any
   * audio is read.
   * @default any
   */
  readonly languages?: readonly string[]
  /**
   * Whether it supports `keywords`. Otherwise they are refused.
   * @default false
   */
  readonly supportsKeywords?: boolean
  /**
   * Source of the words' times: `model` if the model reports them, `attention`
   * if they are derived from its attention. Becomes the `source` of a word.
   * @default 'model'
   */
  readonly wordTimes?: 'model' | 'attention'
  /** Maximum number of turns to transcribe in parallel. @default 1 */
  readonly size?: number
  /**
   * Voice activity detection for its audio, unless the user passes another one.
   * @default Silero VAD, in a process that all share
   */
  readonly voiceActivity?: VoiceActivity

  /** Resolves once it is ready to work. Called before any audio. */
  ready?(): Promise<void>
  /** Loads models in advance for live speech. */
  warmUp?(): Promise<void>
  /** Transcribes a turn. It may keep the samples, but must not change them. */
  recognize(
    samples: Float32Array,
    options: RecognizeOptions,
  ): Promise<Recognition>
  /** Transcribes an open turn so far. */
  recognizePartial?(
    samples: Float32Array,
    options: PartialOptions,
  ): Promise<Recognition>
  /**
   * Transcribes a turn while it is spoken. Used instead of {@link recognizePartial}, for
   * models that accept streams. An aborted turn is not ended.
   */
  open?(options: PartialOptions): RecognitionStream
  /** Frees its resources; pending jobs reject. Called by its owner. */
  close?(): Promise<void>
}

/** Returns the words; without times if there is only a text. */
export const wordsOf = ({
  words,
  text = '',
}: Recognition): readonly RecognizedWord[] =>
  words ??
  text
    .split(/\s+/)
    .filter(Boolean)
    .map(text => ({ text }))

export const textOf = (recognition: Recognition): string =>
  recognition.text?.trim() ??
  wordsOf(recognition)
    .map(({ text, attached }, i) => (i > 0 && !attached ? ` ${text}` : text))
    .join('')

/** @throws {OptionError} if the value cannot detect voice activity */
export const checkVoiceActivity = (
  value: VoiceActivity | undefined,
  name = 'voiceActivity',
): void => {
  if (value !== undefined && typeof value?.detect !== 'function')
    throw new OptionError(name, 'must be an object with detect()')
}

const isRecognizer = (value: unknown): value is Recognizer => {
  if (typeof value !== 'object' || value === null) return false
  const { model, recognize } = value as Partial<Recognizer>
  return typeof model === 'string' && typeof recognize === 'function'
}

/** @throws {OptionError} if the value is no recogniser */
export const checkRecognizer = (value: Recognizer | undefined): void => {
  if (value === undefined) return
  if (!isRecognizer(value))
    throw new OptionError(
      'recognizer',
      'must be an object with model, which is its name, and recognize()',
    )
  const { size, languages, voiceActivity } = value
  if (size !== undefined) checkInteger('recognizer.size', size, 1)
  if (languages !== undefined && !Array.isArray(languages))
    throw new OptionError('recognizer.languages', 'must be a list of codes')
  const methods = [
    'ready',
    'warmUp',
    'recognizePartial',
    'open',
    'close',
  ] as const
  for (const name of methods)
    if (value[name] !== undefined && typeof value[name] !== 'function')
      throw new OptionError(`recognizer.${name}`, 'must be a function')
  checkVoiceActivity(voiceActivity, 'recognizer.voiceActivity')
}

/**
 * Checks a recogniser's answer.
 *
 * @throws {EngineFailedError} if it is malformed
 */
export const checkRecognition = (
  { model }: Recognizer,
  answer: Recognition,
): Recognition => {
  const { text, words } = (answer as Recognition | undefined) ?? {}
  if (typeof text === 'string' || Array.isArray(words)) return answer
  throw new EngineFailedError(
    `the recogniser ${model} gave no answer: it must resolve to { text } or { words }`,
  )
}

/**
 * Checks a rating of this many samples.
 *
 * @throws {EngineFailedError} if it is malformed
 */
export const checkRating = (
  rating: VoiceActivityResult,
  samples: number,
): VoiceActivityResult => {
  const { probabilities } = (rating as VoiceActivityResult | undefined) ?? {}
  const frames = samples / VAD_FRAME
  if (
    isFloat32Array(probabilities) && // of any realm: Jest's are others
    probabilities.length === frames &&
    !probabilities.some(Number.isNaN)
  )
    return rating
  throw new EngineFailedError(
    'voice activity gave no answer: detect() must resolve to { probabilities }, ' +
      `a Float32Array of ${frames} for ${samples} samples`,
  )
}

const languageNames = new Intl.DisplayNames('en', { type: 'language' })

/** Returns the English name of a language, or its code if it has none. */
export const languageName = (code: string): string =>
  languageNames.of(code) ?? code

/**
 * Returns whether a user's name for a language means this ISO 639-1 code: `en`,
 * `en-…`, `eng` and `english` mean `en`.
 */
export const isLanguage = (given: string, code: string): boolean => {
  const name = given.toLowerCase()
  if (name === languageName(code).toLowerCase()) return true
  try {
    return new Intl.Locale(name.split(/[-_]/)[0]!).language === code
  } catch {
    return false
  }
}

/** Callbacks of each signal. */
const calls = new WeakMap<AbortSignal, Set<() => void>>()

/**
 * Calls a function when a signal is aborted. Unlike with listeners, Node does
 * not warn if more than ten functions wait for one signal.
 *
 * @returns cancels the call
 */
export const onAbort = (signal: AbortSignal, call: () => void) => {
  const all = calls.get(signal) ?? new Set()
  if (!calls.has(signal)) {
    calls.set(signal, all)
    const callAll = (): void => {
      for (const call of all) call()
    }
    signal.addEventListener('abort', callAll, { once: true })
  }
  all.add(call)
  return (): void => void all.delete(call)
}
