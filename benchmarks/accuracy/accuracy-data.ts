import type { ErrorCounts } from '../word-errors.ts'

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

/** A difference of two pooled rates, and bounds of its 95 % interval. */
export type Difference = {
  readonly value: number
  readonly interval: readonly [low: number, high: number]
}

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
  /** Mean of the rates of the clips that have words. */
  readonly mean: number
  /** How much higher it is than that of clean clips, and its interval. */
  readonly overClean?: Difference
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
  /** Each model beside the first, on the same clips degraded the same. */
  readonly differences?: readonly (Difference & {
    readonly name: string
    readonly against: string
    readonly degradation: Degradation
  })[]
}
