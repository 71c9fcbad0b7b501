import { sumErrors, type ErrorCounts } from '../word-errors.ts'
import type { ClipLatency } from './clip-latency.ts'
import { distributionOf, type Distribution } from '../statistics.ts'

/** Errors, and how many they are to a word of the reference. */
export type ErrorRate = ErrorCounts & { readonly rate: number }

/** Figures of several clips together; all times in ms. */
export type LatencyFigures = {
  /** A word's arrival minus its end in the reference. */
  readonly wordToDelta: Distribution
  /** How many of them no delta had, so that they count from their final. */
  readonly wordsFromFinals: number
  /** A turn's first text minus the start of its first word. */
  readonly onsetToPartial: Distribution
  /** How many of them had no delta, so that they count from their final. */
  readonly onsetsFromFinals: number
  /** A final's arrival minus the end of its turn's last word. */
  readonly endToFinal: Distribution
  /** The same, without the silence that the engine is told to wait for. */
  readonly endToFinalBeyondSilence: Distribution
  readonly strayTurns: number
  readonly cutTurns: number
  /** What finals contradict of their deltas, to a word of finals. */
  readonly deltaErrors: ErrorRate
  /** Word errors of all clips to all words: the pooled rate. */
  readonly finalErrors: ErrorRate
  /** Mean of the clips' word error rates. */
  readonly meanErrorRate: number
  /** |word end − reference|. */
  readonly timeError: Distribution
  /** Median of word end − reference: what is early is negative. */
  readonly timeBias: number | null
  /** Share of word ends within 200 ms of the reference. */
  readonly timesWithin200: number | null
  readonly violations: readonly string[]
}

const CLOSE_MS = 200

const rateOf = (all: readonly ErrorCounts[]): ErrorRate => {
  const counts = sumErrors(all)
  return { ...counts, rate: counts.errors / Math.max(1, counts.words) }
}

const valuesOf = (delays: readonly { readonly ms: number }[]): number[] =>
  delays.map(({ ms }) => ms)

const fromFinals = (delays: readonly { readonly from: string }[]): number =>
  delays.filter(({ from }) => from === 'final').length

/**
 * Sums up clips.
 *
 * @param silenceMs of silence that end a turn, as the engine was told
 */
export const poolLatency = (
  clips: readonly ClipLatency[],
  silenceMs: number,
): LatencyFigures => {
  const words = clips.flatMap(clip => clip.words)
  const onsets = clips.flatMap(clip => clip.onsets)
  const ends = valuesOf(clips.flatMap(clip => clip.ends))
  const times = valuesOf(clips.flatMap(clip => clip.times))
  const rates = clips.map(({ finalErrors }) => rateOf([finalErrors]).rate)
  const sizes = times.map(Math.abs)
  const close = sizes.filter(ms => ms <= CLOSE_MS).length
  const total = (of: (clip: ClipLatency) => number): number =>
    clips.reduce((sum, clip) => sum + of(clip), 0)
  return {
    wordToDelta: distributionOf(valuesOf(words)),
    wordsFromFinals: fromFinals(words),
    onsetToPartial: distributionOf(valuesOf(onsets)),
    onsetsFromFinals: fromFinals(onsets),
    endToFinal: distributionOf(ends),
    endToFinalBeyondSilence: distributionOf(ends.map(ms => ms - silenceMs)),
    strayTurns: total(clip => clip.strayTurns),
    cutTurns: total(clip => clip.cutTurns),
    deltaErrors: rateOf(clips.map(clip => clip.deltaErrors)),
    finalErrors: rateOf(clips.map(clip => clip.finalErrors)),
    meanErrorRate:
      rates.reduce((sum, rate) => sum + rate, 0) / Math.max(1, rates.length),
    timeError: distributionOf(sizes),
    timeBias: distributionOf(times).p50,
    timesWithin200: times.length > 0 ? close / times.length : null,
    violations: clips.flatMap(clip => clip.violations),
  }
}
