import { SPEECH_SAMPLE_RATE } from '../core/audio-chunk.ts'
import type { JobOptions, VoiceActivity } from './voice-activity.ts'

/** Rate of the audio that recognisers get, in Hz; mono. */
export const RECOGNIZER_RATE = SPEECH_SAMPLE_RATE

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
