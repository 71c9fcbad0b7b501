import { sumErrors } from '../word-errors.ts'
import type { Cost } from '../meters.ts'
import { type LatencyRow, SILENCE_MS } from './latency-data.ts'
import type { LiveRun } from './live-case.ts'
import type { PlannedRow } from './latency-plan.ts'
import { poolLatency } from './pool-latency.ts'

const sum = (values: readonly number[]): number =>
  values.reduce((total, value) => total + value, 0)

const costOf = (costs: readonly Cost[]): Cost => {
  const of = (pick: (cost: Cost) => number): number[] => costs.map(pick)
  const wallMs = sum(of(cost => cost.wallMs))
  return {
    wallMs,
    cpuMs: sum(of(cost => cost.cpuMs)),
    load: sum(of(cost => cost.load * cost.wallMs)) / wallMs,
    peakRss: Math.max(...of(cost => cost.peakRss)),
    loopDelay: {
      p50: Math.max(...of(cost => cost.loopDelay.p50)),
      p99: Math.max(...of(cost => cost.loopDelay.p99)),
      max: Math.max(...of(cost => cost.loopDelay.max)),
    },
  }
}

/** Name of a row: what it is, its model, and how many streams. */
export const rowName = (
  { label, streams }: PlannedRow,
  model: string,
): string =>
  [label, model.replace('moonshine-', ''), streams > 1 && `× ${streams}`]
    .filter(Boolean)
    .join(' ')

/**
 * One row of several runs; of the event loop's delay the worst run.
 *
 * @param runs at least one
 */
export const latencyRow = (
  planned: PlannedRow,
  runs: readonly LiveRun[],
): LatencyRow => {
  const { choice, label, streams } = planned
  const { model } = runs[0]!
  const clips = runs.flatMap(({ clips }, run) =>
    clips.map(clip => ({ ...clip, run })),
  )
  const files = runs.flatMap(({ fileErrors }) => fileErrors ?? [])
  const cost = costOf(runs.map(({ cost }) => cost))
  const audioMs = sum(runs.map(({ audioMs }) => audioMs))
  return {
    name: rowName(planned, model),
    engine: choice.engine === 'local' ? 'local' : label,
    ...(choice.latency !== undefined && { latency: choice.latency }),
    model,
    streams,
    figures: poolLatency(clips, SILENCE_MS),
    p50s: runs.flatMap(
      ({ clips }) => poolLatency(clips, SILENCE_MS).wordToDelta.p50 ?? [],
    ),
    loads: runs.map(({ cost }) => cost.load),
    ...(files.length > 0 && { fileErrors: sumErrors(files) }),
    audioMs,
    cost,
    cpuPerAudio: cost.cpuMs / audioMs,
    maxLatenessMs: Math.max(...clips.map(clip => clip.maxLatenessMs)),
    warnings: clips
      .flatMap(({ events }) => events)
      .filter(({ type }) => type === 'warning').length,
    clips,
  }
}
