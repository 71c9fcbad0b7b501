import type { WarningCode } from './errors.ts'

/**
 * Where a word's times come from: OpenAI's model states them (`model`), or the
 * cross-attention of the local engine shows them (`attention`).
 */
export type WordTimeSource = 'model' | 'attention'

/** A word with its place on the source's audio clock, in milliseconds. */
export type Word = {
  text: string
  start: number
  end: number
  speaker?: string
  probability?: number
  source: WordTimeSource
}

/** One token of a transcript and how likely the model found it. */
export type TokenLogprob = { token: string; logprob: number; bytes: number[] }

/** What a service billed for. */
export type Usage =
  | { type: 'tokens'; input: number; output: number; total: number }
  | { type: 'duration'; seconds: number }

/** What whisper-1 says of a segment beside its text. */
export type SegmentFacts = {
  tokens?: number[]
  avgLogprob?: number
  compressionRatio?: number
  noSpeechProb?: number
  temperature?: number
}

/** First event of a transcript: who made it. */
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
}

/** Speech ended at `at` (ms, without padding). */
export type SpeechEndEvent = { type: 'speech-end'; turn: string; at: number }

/**
 * Text appended to a turn's live transcript, never taken back. Deltas join
 * with the spaces they carry. `at` is the audio time covered when it came.
 */
export type DeltaEvent = {
  type: 'delta'
  turn: string
  text: string
  at?: number
}

/** The authoritative transcript of a turn; one a turn, times in ms. */
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
 * Audio that got no transcript, said out loud; times in ms. Without `channel`
 * it is one in all of them.
 */
export type GapEvent = {
  type: 'gap'
  start: number
  end: number
  reason: string
  channel?: number
}

/** Something the user should know that did not stop the transcript. */
export type WarningEvent = {
  type: 'warning'
  code: WarningCode
  message: string
}

/**
 * Last event. `duration` is the source's, in ms; `complete` means that there
 * was no gap and nothing was truncated.
 */
export type EndEvent = {
  type: 'end'
  duration: number
  complete: boolean
  usage?: Usage
}

/**
 * What a transcriber emits. Finals and gaps come in order of `start` and
 * never overlap within a channel; deltas of a turn come before its final.
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
