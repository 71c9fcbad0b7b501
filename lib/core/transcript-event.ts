import type { WarningCode } from './warning-code.ts'

/**
 * Source of a word's times: the model of OpenAI, or the cross-attention of the
 * local engine.
 */
export type WordTimeSource = 'model' | 'attention'

/** A word and its times on the source's audio clock, in ms. */
export type Word = {
  /** The word with its punctuation, without spaces around it. */
  text: string
  /** Start, in ms. */
  start: number
  /** End, in ms. */
  end: number
  /** Who spoke it, if that is known. */
  speaker?: string
  /**
   * Probability that the word is correct, from 0 to 1, if the engine reports
   * it.
   */
  probability?: number
  /** Where the times come from. */
  source: WordTimeSource
}

/** A token of a transcript and its log probability. */
export type TokenLogprob = {
  /** The token as text; it may be part of a word or a character. */
  token: string
  /** Natural logarithm of its probability. */
  logprob: number
  /** Its UTF-8 bytes. */
  bytes: number[]
}

/** What the service billed. */
export type Usage =
  | {
      type: 'tokens'
      /** Tokens of the audio and the prompt. */
      input: number
      /** Tokens of the transcript. */
      output: number
      /** Sum of both. */
      total: number
    }
  | {
      type: 'duration'
      /** Billed audio, in s. */
      seconds: number
    }

/** Details that whisper-1 gives of a segment. */
export type SegmentDetails = {
  /** IDs of the segment's tokens. */
  tokens?: number[]
  /** Mean log probability of the tokens. */
  avgLogprob?: number
  /**
   * Ratio of the text's size to its compressed size; above 2.4 the text
   * probably repeats itself.
   */
  compressionRatio?: number
  /** Probability that the segment contains no speech, from 0 to 1. */
  noSpeechProb?: number
  /** Sampling temperature that the model used, from 0 to 1. */
  temperature?: number
}

/** First event of a transcript: its engine and model. */
export type StartEvent = {
  type: 'start'
  /** Version of the event format. */
  schema: 1
  /** `local` or `openai`. */
  engine: string
  /** Name of the model. */
  model: string
}

/** Speech began at `at` (ms, without padding). */
export type SpeechStartEvent = {
  type: 'speech-start'
  /** ID of the turn, unique within the transcript. */
  turn: string
  /** Start of the speech, in ms. */
  at: number
}

/** Speech ended at `at` (ms, without padding). */
export type SpeechEndEvent = {
  type: 'speech-end'
  /** ID of the turn, unique within the transcript. */
  turn: string
  /** End of the speech, in ms. */
  at: number
}

/**
 * Text appended to a turn's live transcript and never withdrawn. Deltas are
 * joined without additional spaces. `at` is the audio time (ms) covered so far.
 */
export type DeltaEvent = {
  type: 'delta'
  /** ID of the turn, unique within the transcript. */
  turn: string
  /** Text to append, with its spaces. */
  text: string
  /** Audio covered so far, in ms. */
  at?: number
}

/** The final transcript of a turn, one per turn; times in ms. */
export type FinalEvent = {
  type: 'final'
  /** ID of the turn, unique within the transcript. */
  turn: string
  /** The transcript of the turn, in one line. */
  text: string
  /** Start of the turn, in ms. */
  start: number
  /** End of the turn, in ms. */
  end: number
  /** Channel of the audio, from 1, if channels are transcribed separately. */
  channel?: number
  /** Words with their times, if the engine reports them. */
  words?: Word[]
  /** Who speaks, if that is known. */
  speaker?: string
  /** Detected language, as an ISO 639-1 code, if the engine reports it. */
  language?: string
  /** Tokens with log probabilities, if you asked for them. */
  logprobs?: TokenLogprob[]
  /** What the service billed for this turn. */
  usage?: Usage
  /** Details of `whisper-1`. */
  segment?: SegmentDetails
}

/**
 * Audio without a transcript; times in ms. Without `channel` it applies to all
 * channels.
 */
export type GapEvent = {
  type: 'gap'
  /** Start of the gap, in ms. */
  start: number
  /** End of the gap, in ms. */
  end: number
  /** Why there is no transcript, in words. */
  reason: string
  /** Channel of the audio, from 1, if channels are transcribed separately. */
  channel?: number
}

/** A problem that did not stop the transcript. */
export type WarningEvent = {
  type: 'warning'
  /** Stable code; see docs/errors.md. */
  code: WarningCode
  /** The problem in words, with its consequences. */
  message: string
}

/**
 * Last event. `duration` is that of the source in ms. `complete` means that
 * there was no gap and nothing was truncated.
 */
export type EndEvent = {
  type: 'end'
  /** Duration of the source, in ms. */
  duration: number
  /** Whether there was no gap and nothing was truncated. */
  complete: boolean
  /** What the service billed for the whole transcript. */
  usage?: Usage
}

/**
 * An event of a transcriber. Finals and gaps come in order of `start` and never
 * overlap within a channel. Deltas of a turn come before its final.
 */
export type TranscriptEvent =
  | StartEvent
  | SpeechStartEvent
  | SpeechEndEvent
  | DeltaEvent
  | FinalEvent
  | GapEvent
  | WarningEvent
  | EndEvent
