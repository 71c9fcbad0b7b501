import { isFloat32Array } from 'node:util/types'
import { SPEECH_SAMPLE_RATE } from '../core/audio-chunk.ts'
import { EngineFailedError, OptionError } from '../core/errors.ts'
import { checkInteger } from '../core/options.ts'
import {
  type JobOptions,
  type VoiceActivity,
  VAD_FRAME,
  type VoiceRating,
} from './voice-activity.ts'

/** Rate of the audio that recognisers get, in Hz; mono. */
export const RECOGNIZER_RATE = SPEECH_SAMPLE_RATE

/** Samples of that audio in a millisecond. */
export const SAMPLES_PER_MS = RECOGNIZER_RATE / 1_000

/** A word as a recogniser heard it. */
export type RecognizedWord = {
  /** The word with its punctuation, without spaces around it. */
  readonly text: string
  /**
   * Where it begins, in samples of the audio that was given. Without it a word
   * begins where the one before ended, or where the voice comes back after a
   * pause.
   */
  readonly start?: number
  /**
   * Where it ends, in samples of the audio that was given. A final has times
   * of words only where each word of it has its end.
   */
  readonly end?: number
  /** How sure the recogniser is of it, from 0 to 1. */
  readonly probability?: number
  /**
   * Whether no space stands between it and the word before, as in Chinese or
   * Japanese.
   * @default false
   */
  readonly attached?: boolean
  /** What the recogniser may want to have back in {@link GuessOptions.draft}. */
  readonly tokens?: readonly number[]
}

/** What was said in a stretch of audio: its words, or only its text. */
export type Recognition = {
  /** In order; none where nothing was said. */
  readonly words?: readonly RecognizedWord[]
  /**
   * What was said, in one line.
   * @default the words, with a space between them
   */
  readonly text?: string
  /** Language that was heard, as ISO 639-1 has it. */
  readonly language?: string
}

/** Options of {@link Recognizer.recognize}. */
export type RecognizeOptions = JobOptions & {
  /** Whether somebody waits for it while they speak: goes before files. */
  readonly live?: boolean
  /** Whether words are certain to be in it. */
  readonly spoken?: boolean
  /**
   * Language spoken: one of {@link Recognizer.languages}; as the user named it
   * where the recogniser has none.
   */
  readonly language?: string
  /** Words that may come; only where {@link Recognizer.takesKeywords}. */
  readonly keywords?: readonly string[]
}

/** Options of {@link Recognizer.guess}. */
export type GuessOptions = Omit<RecognizeOptions, 'live' | 'spoken'> & {
  /** Words that were heard in this audio the last time; a part of them. */
  readonly draft?: readonly RecognizedWord[]
}

/** A turn that a recogniser hears while it is spoken. */
export interface RecognitionStream {
  /**
   * Takes the next samples of the turn. Not called again before it resolves.
   *
   * @returns what has been heard in the turn so far; times count from its
   *   first sample
   */
  push(samples: Float32Array): Promise<Recognition>
  /**
   * The turn is over. Not called while {@link push} is under way.
   *
   * @returns what was said in it
   */
  end(): Promise<Recognition>
}

/**
 * What turns the speech of a turn into words: a model on this machine, in
 * another process, or a service. All else is built on it: turns, live text,
 * `LocalTranscriber`, `transcribe()`, the server and the harness.
 *
 * Audio is 16 kHz mono, in [-1, 1], at most 15 s at a time, and found by voice
 * activity. Errors should be a `VoxpipeError`; the transcriber emits what was
 * recognised before, then the error.
 *
 * {@link recognize} is all that is needed. Without {@link guess} and
 * {@link open} the text of live speech comes when the voice pauses.
 */
export interface Recognizer {
  /** Name of the model, as `start` events tell it. */
  readonly model: string
  /**
   * Languages that it knows, as ISO 639-1 has them; another one is refused
   * before any audio is read.
   * @default any
   */
  readonly languages?: readonly string[]
  /**
   * Whether `keywords` help it; without, they are refused.
   * @default false
   */
  readonly takesKeywords?: boolean
  /**
   * Where the ends of words come from; `source` of a word repeats it. `model`:
   * the model says them; `attention`: they are where it looked.
   * @default 'model'
   */
  readonly wordTimes?: 'model' | 'attention'
  /** How many turns it works on at once; 1 without this. */
  readonly size?: number
  /**
   * What finds speech in its audio, where nothing else is asked for.
   * @default Silero VAD, in a process that all share
   */
  readonly voiceActivity?: VoiceActivity

  /** Resolves when it is known that it can work; called before any audio. */
  ready?(): Promise<void>
  /** Loads what live speech would have to wait for. */
  warmUp?(): Promise<void>
  /** Says what was said in a turn. The samples may be kept, not changed. */
  recognize(
    samples: Float32Array,
    options: RecognizeOptions,
  ): Promise<Recognition>
  /** Says what is heard so far in a turn that goes on. */
  guess?(samples: Float32Array, options: GuessOptions): Promise<Recognition>
  /**
   * Hears a turn while it is spoken; instead of {@link guess}, for models that
   * take audio as it comes. What the signal aborts is not ended.
   */
  open?(options: GuessOptions): RecognitionStream
  /** Frees what it holds; jobs under way reject. Called by whoever made it. */
  close?(): Promise<void>
}

/** Words of what was heard; without times where there is only a text. */
export const wordsOf = ({
  words,
  text = '',
}: Recognition): readonly RecognizedWord[] =>
  words ??
  text
    .split(/\s+/)
    .filter(Boolean)
    .map(text => ({ text }))

/** What was said, in one line. */
export const textOf = (recognition: Recognition): string =>
  recognition.text?.trim() ??
  wordsOf(recognition)
    .map(({ text, attached }, i) => (i > 0 && !attached ? ` ${text}` : text))
    .join('')

/**
 * Checks an option that has to be what finds speech.
 *
 * @throws OptionError
 */
export const checkVoiceActivity = (
  value: VoiceActivity | undefined,
  name = 'voiceActivity',
): void => {
  if (value !== undefined && typeof value?.detect !== 'function')
    throw new OptionError(name, 'must be an object with detect()')
}

/** Whether something could be a recogniser. */
const isRecognizer = (value: unknown): value is Recognizer => {
  if (typeof value !== 'object' || value === null) return false
  const { model, recognize } = value as Partial<Recognizer>
  return typeof model === 'string' && typeof recognize === 'function'
}

/**
 * Checks an option that has to be a recogniser.
 *
 * @throws OptionError
 */
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
  for (const name of ['ready', 'warmUp', 'guess', 'open', 'close'] as const)
    if (value[name] !== undefined && typeof value[name] !== 'function')
      throw new OptionError(`recognizer.${name}`, 'must be a function')
  checkVoiceActivity(voiceActivity, 'recognizer.voiceActivity')
}

/**
 * What a recogniser answered.
 *
 * @throws EngineFailedError if it is no answer
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
 * What rates audio answered.
 *
 * @throws EngineFailedError if it is no answer to so many samples
 */
export const checkRating = (
  rating: VoiceRating,
  samples: number,
): VoiceRating => {
  const { probabilities } = (rating as VoiceRating | undefined) ?? {}
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
