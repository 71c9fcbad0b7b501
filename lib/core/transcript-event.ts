import type { WarningCode } from './errors.ts'

/**
 * Source of a word's times: the model of OpenAI, or the cross-attention of the
 * local engine.
 */
export type WordTimeSource = 'model' | 'attention'

/** A word and its times on the source's audio clock, in ms. */
export type Word = {
  text: string
  start: number
  end: number
  speaker?: string
  probability?: number
  source: WordTimeSource
}

/** A token of a transcript and its log probability. */
export type TokenLogprob = { token: string; logprob: number; bytes: number[] }

/** What the service billed. */
export type Usage =
  | { type: 'tokens'; input: number; output: number; total: number }
  | { type: 'duration'; seconds: number }

/** Details that whisper-1 gives of a segment. */
export type SegmentFacts = {
  tokens?: number[]
  avgLogprob?: number
  compressionRatio?: number
  noSpeechProb?: number
  temperature?: number
}

/** First event of a transcript: its engine and model. */
export type StartEvent = {
  type: 'start'
  schema: 1
  engine: string
  model: string
}

/** Speech began at `at` (ms, without padding). */
export type SpeechStartEvent = {
  type: 'speech-start'
  turn: string
  at: number
  channel?: number
}

/** Speech ended at `at` (ms, without padding). */
export type SpeechEndEvent = {
  type: 'speech-end'
  turn: string
  at: number
  channel?: number
}

/**
 * Text appended to a turn's live transcript and never withdrawn. Deltas are
 * joined without additional spaces. `at` is the audio time (ms) covered so far.
 */
export type DeltaEvent = {
  type: 'delta'
  turn: string
  text: string
  at?: number
  channel?: number
}

/** The final transcript of a turn, one per turn; times in ms. */
export type FinalEvent = {
  type: 'final'
  turn: string
  text: string
  start: number
  end: number
  channel?: number
  words?: Word[]
  speaker?: string
  language?: string
  logprobs?: TokenLogprob[]
  usage?: Usage
  segment?: SegmentFacts
}

/**
 * Audio without a transcript; times in ms. Without `channel` it applies to all
 * channels.
 */
export type GapEvent = {
  type: 'gap'
  start: number
  end: number
  reason: string
  channel?: number
}

/** A problem that did not stop the transcript. */
export type WarningEvent = {
  type: 'warning'
  code: WarningCode
  message: string
}

/**
 * Last event. `duration` is that of the source in ms. `complete` means that
 * there was no gap and nothing was truncated.
 */
export type EndEvent = {
  type: 'end'
  duration: number
  complete: boolean
  usage?: Usage
}

/**
 * An event of a transcriber. Finals and gaps come in order of `start` and never
 * overlap within a channel. Deltas of a turn come before its final. If channels
 * are transcribed separately, events have the number of their `channel`, from
 * 0.
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
