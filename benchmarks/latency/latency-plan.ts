import { basename } from 'node:path'
import { latencies } from 'voxpipe'
import type { BenchOptions } from '../suite.ts'
import type { Competitors } from '../competitors.ts'
import type { LiveChoice } from './live-case.ts'
import { openaiLiveModels } from './live-engines.ts'

/** The setting of live text where none is chosen. */
export const USUAL = 'balanced'

/** One row to be measured: an engine, so many streams, so many runs. */
export type PlannedRow = {
  readonly choice: LiveChoice
  /** Without its model, which the engine tells: `balanced`, `sherpa`. */
  readonly label: string
  readonly streams: number
  readonly runs: number
}

type Chosen = { readonly choice: LiveChoice; readonly label: string }

const each = (
  chosen: readonly Chosen[],
  streams: readonly number[],
  runs: (streams: number) => number,
): PlannedRow[] =>
  chosen.flatMap(one =>
    streams.map(count => ({ ...one, streams: count, runs: runs(count) })),
  )

/** So much speech needs no second run: its figures hardly move. */
const ENOUGH_S = 180

/**
 * Plans the rows to measure. Without options: the default setting with one
 * stream twice and with eight streams once, competitors and OpenAI once. With
 * three minutes of speech or more, the default setting is measured once, with
 * one stream. In full: every setting, the default one with two and four streams
 * as well, and each three times.
 *
 * @param openai name of OpenAI's service; undefined if it is not measured
 * @param seconds of speech
 */
export const planLatency = (
  { full = false, engines, models, latencies: settings, ...rest }: BenchOptions,
  competitors: NonNullable<Competitors['latency']>,
  openai: string | undefined,
  seconds: number,
): readonly PlannedRow[] => {
  const { streams, pipeline, modelDir, recognizer } = rest
  const runs = full ? 3 : 1
  const enough = seconds >= ENOUGH_S
  const several = (count: number): number =>
    full ? 3 : count === 1 && !enough ? 2 : 1
  const where = {
    ...(modelDir !== undefined && { modelDir }),
    ...(recognizer !== undefined && { recognizer }),
  }
  const wanted = (name: string): boolean => engines?.includes(name) ?? true
  const own = models ?? [undefined]
  if (pipeline !== undefined) {
    const choice = { engine: 'pipeline', module: pipeline } as const
    const label = basename(pipeline)
    return each([{ choice, label }], streams ?? [1], several)
  }
  const local = (settings: readonly string[]): Chosen[] =>
    settings.flatMap(latency =>
      own.map(model => ({
        choice: {
          engine: 'local',
          latency,
          ...where,
          ...(model !== undefined && { model }),
        },
        label: latency,
      })),
    )
  const ours =
    settings || streams || !full
      ? each(
          local(settings ?? [USUAL]),
          streams ?? (settings || enough ? [1] : [1, 8]),
          several,
        )
      : [
          ...each(local(latencies), [1], several),
          ...each(local([USUAL]), [2, 4, 8], several),
        ]
  const beside = Object.entries(competitors)
    .filter(([name]) => wanted(name))
    .flatMap(([label, module]) =>
      own.map(model => ({
        choice: {
          engine: 'competitor' as const,
          module,
          ...where,
          ...(model !== undefined && { model }),
        },
        label,
      })),
    )
  const theirs = Object.keys(openaiLiveModels).map(model => ({
    choice: { engine: 'openai' as const, model },
    label: openai ?? '',
  }))
  return [
    ...(wanted('local') ? ours : []),
    ...each(beside, streams ?? [1], () => runs),
    ...(openai === undefined ? [] : each(theirs, streams ?? [1], () => runs)),
  ]
}
