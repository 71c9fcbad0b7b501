import type { Cost } from '../meters.ts'
import type { Distribution } from '../statistics.ts'
import type { ErrorCounts } from '../word-errors.ts'
import type { ClipLatency } from './clip-latency.ts'
import type { LatencyFigures } from './pool-latency.ts'
import type { PlacedWord } from './turn-records.ts'

/**
 * Silence that ends a turn, in ms: told to every engine, so that it can be
 * taken off what they measure.
 */
export const SILENCE_MS = 500

/** Long enough for silence, not the end of input, to end the last turn. */
export const TAIL_MS = 1_500

/** An event as a reader saw it; times in ms on the clip's audio clock. */
export type SeenEvent = {
  readonly arrival: number
  readonly type: 'speech-start' | 'speech-end' | 'delta' | 'final' | 'warning'
  readonly turn?: string
  readonly text?: string
  readonly start?: number
  readonly end?: number
}

/** A clip as one engine transcribed it, once. */
export type MeasuredClip = ClipLatency & {
  readonly id: string
  /** Which run, from 0. */
  readonly run: number
  /** Which stream, from 0. */
  readonly stream: number
  readonly maxLatenessMs: number
  readonly events: readonly SeenEvent[]
}

/** An engine at one setting, with so many streams at once. */
export type LatencyRow = {
  /** `balanced base`, `sherpa base`, `balanced base × 8`, `my-pipeline.mjs`. */
  readonly name: string
  readonly engine: string
  readonly latency?: string
  readonly model: string
  readonly streams: number
  /** Of all runs together. */
  readonly figures: LatencyFigures
  /** Median of word → delta in each run, ms. */
  readonly p50s: readonly number[]
  /** CPU time to that of all cores in each run, from 0 to 1. */
  readonly loads: readonly number[]
  /** The same clips as files, by the same model, where it can. */
  readonly fileErrors?: ErrorCounts
  readonly audioMs: number
  readonly cost: Cost
  /** CPU seconds to a second of audio. */
  readonly cpuPerAudio: number
  readonly maxLatenessMs: number
  readonly warnings: number
  readonly clips: readonly MeasuredClip[]
}

/** Files that are sent at once; ms since then until their text came. */
export type FileRow = {
  readonly name: string
  readonly model: string
  readonly first: Distribution
  readonly last: Distribution
  readonly errors: ErrorCounts
  readonly files: readonly {
    readonly id: string
    readonly first: number
    readonly last: number
  }[]
}

/** How well the source keeps its time. */
export type Pacing = {
  readonly minutes: number
  /** How much later chunks come at the end than at the beginning, ms. */
  readonly driftMs: number
  /** How late chunks come at all, ms. */
  readonly lateness: Distribution
}

/** What the suite found out. */
export type LatencyData = {
  /** Silence that ends a turn, as every engine is told. */
  readonly silenceMs: number
  /**
   * What tells where speech begins and ends: the times of words, if all clips
   * have them, or voice activity detection.
   */
  readonly speechBy: 'words' | 'voice activity'
  readonly rows: readonly LatencyRow[]
  readonly files: readonly FileRow[]
  readonly pacing?: Pacing
  readonly clips: readonly {
    readonly id: string
    readonly durationMs: number
    readonly text: string
    readonly words: readonly PlacedWord[]
  }[]
}
