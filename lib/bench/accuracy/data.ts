import type { ErrorCounts } from '../align-words.ts'

/** What is done to clips before they are heard. */
export const degradations = [
  'clean',
  'telephone',
  'noise 10 dB',
  'noise 0 dB',
  'reverb',
  'mp3 32 kbit/s',
] as const

/** One of {@link degradations}; telephone is 8 kHz µ-law. */
export type Degradation = (typeof degradations)[number]

/** An engine with one model on all clips, degraded in one way. */
export type AccuracyRow = {
  /** `tiny`, `base`, `openai gpt-transcribe`. */
  readonly name: string
  readonly engine: string
  readonly model: string
  readonly degradation: Degradation
  /** All clips together. */
  readonly errors: ErrorCounts
  /** Errors to all words: from 0 to 1, or more. */
  readonly pooled: number
  /** Bounds of its 95 % interval, by bootstrap over the clips. */
  readonly interval: readonly [low: number, high: number]
  /** Mean of the clips' rates. */
  readonly mean: number
  readonly clips: readonly (ErrorCounts & {
    readonly id: string
    readonly rate: number
    readonly text: string
  })[]
}

/** What the suite found out. */
export type AccuracyData = {
  readonly clips: number
  readonly words: number
  readonly rows: readonly AccuracyRow[]
}
