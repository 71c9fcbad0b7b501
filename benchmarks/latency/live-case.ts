import { textErrors } from '../accuracy/whisper-text.ts'
import type { BenchClip } from '../clips.ts'
import type { LiveEngine, LiveStart } from '../competitors.ts'
import type { Cost } from '../meters.ts'
import { sumErrors, type ErrorCounts } from '../word-errors.ts'
import { clipLatency, type ClipReference } from './clip-latency.ts'
import {
  type MeasuredClip,
  type SeenEvent,
  SILENCE_MS,
  TAIL_MS,
} from './latency-data.ts'
import {
  startLocalLive,
  startOpenAILive,
  startOwnPipeline,
} from './live-engines.ts'
import { measureLatency, type PlayedClip } from './measure-latency.ts'
import { type LatencyFigures, poolLatency } from './pool-latency.ts'
import type { Arrival } from './turn-records.ts'

/** Beyond this the words that were right are chance. */
const MOST_ERRORS = 0.5

/**
 * Why the output of a run is wrong, so that its times mean nothing; or
 * undefined.
 */
const problemOf = (
  { finalErrors, violations }: LatencyFigures,
  finals: number,
): string | undefined => {
  if (finals === 0) return 'no final came'
  if (violations.length > 0) {
    const more = violations.length - 3
    const first = violations.slice(0, 3).join('; ')
    return more > 0 ? `${first}; and ${more} more` : first
  }
  const { rate } = finalErrors
  return rate > MOST_ERRORS
    ? `${Math.round(100 * rate)} % of the words are wrong`
    : undefined
}

/**
 * Deals clips to streams that play at the same time. Stream k plays clips
 * k, k + streams, …, so that every clip is played at least once, no two streams
 * begin with the same one as long as there are enough, and all streams play
 * as many.
 *
 * @param streams at least 1
 */
export const dealPlaylists = <Clip>(
  clips: readonly Clip[],
  streams: number,
): Clip[][] => {
  const each = Math.ceil(clips.length / streams)
  return Array.from({ length: streams }, (_, stream) =>
    Array.from(
      { length: each },
      (_, round) => clips[(stream + round * streams) % clips.length]!,
    ),
  )
}

/** Which engine is measured. */
export type LiveChoice = Omit<Parameters<LiveStart>[0], 'silenceMs'> & {
  /**
   * `local`, `openai`; or a module: `pipeline` has a pipeline as its default
   * export, `competitor` a {@link LiveStart}.
   */
  readonly engine: 'local' | 'openai' | 'pipeline' | 'competitor'
  /** Absolute path of a pipeline, or URL of a competitor. */
  readonly module?: string
}

/** A clip, and when somebody speaks in it. */
export type LatencyClip = BenchClip & Pick<ClipReference, 'speech'>

/** What is asked of the case: an engine, so many streams, once. */
export type LiveQuestion = LiveChoice & {
  readonly clips: readonly LatencyClip[]
  readonly streams: number
}

/** What it answers. */
export type LiveRun = {
  readonly model: string
  readonly clips: readonly Omit<MeasuredClip, 'run'>[]
  /** The same clips as files, where one stream was asked for and it can. */
  readonly fileErrors?: ErrorCounts
  readonly audioMs: number
  readonly cost: Cost
}

const start = async (choice: LiveChoice): Promise<LiveEngine | undefined> => {
  const { engine, module = '', ...rest } = choice
  const options = { ...rest, silenceMs: SILENCE_MS }
  if (engine === 'local') return startLocalLive(options)
  if (engine === 'openai') return startOpenAILive(options)
  if (engine === 'pipeline') return startOwnPipeline(module)
  const competitor = (await import(module)) as { readonly default: LiveStart }
  return competitor.default(options)
}

/** What becomes of a clip as a file, for comparison. */
const fileErrors = async (
  clips: readonly BenchClip[],
  decodeFile: (path: string) => Promise<string>,
): Promise<ErrorCounts> => {
  const all: ErrorCounts[] = []
  for (const { path, text, language } of clips)
    if (text !== undefined)
      all.push(textErrors(text, await decodeFile(path), language))
  return sumErrors(all)
}

const seenEvents = (arrivals: readonly Arrival[]): SeenEvent[] =>
  arrivals.flatMap(({ at: arrival, event }): SeenEvent[] => {
    switch (event.type) {
      case 'speech-start': {
        const { type, turn, at: start } = event
        return [{ arrival, type, turn, start }]
      }
      case 'speech-end': {
        const { type, turn, at: end } = event
        return [{ arrival, type, turn, end }]
      }
      case 'delta': {
        const { type, turn, text } = event
        return [{ arrival, type, turn, text }]
      }
      case 'final': {
        const { type, turn, text, start, end } = event
        return [{ arrival, type, turn, text, start, end }]
      }
      case 'warning':
        return [{ arrival, type: event.type, text: event.code }]
      default:
        return []
    }
  })

const measured = ({
  clip,
  stream,
  arrivals,
  maxLatenessMs,
}: PlayedClip<LatencyClip>): LiveRun['clips'][number] => ({
  id: clip.id,
  stream,
  maxLatenessMs,
  ...clipLatency(clip, arrivals),
  events: seenEvents(arrivals),
})

/**
 * Plays clips to an engine, warmed up by the shortest of them; undefined where
 * it is not installed.
 *
 * @throws where no text comes out, or not what is said
 */
export default async (
  { clips, streams, ...choice }: LiveQuestion,
  { signal }: { readonly signal: AbortSignal },
): Promise<LiveRun | undefined> => {
  const live = await start(choice)
  if (!live) return undefined
  const { run, width, model, decodeFile } = live
  const [shortest] = clips.toSorted(
    (a, b) => a.samples.length - b.samples.length,
  )
  const fixed = { engine: run, tailMs: TAIL_MS, signal }
  const warmUp = Array.from({ length: width }, () => [shortest!])
  await measureLatency({ ...fixed, playlists: warmUp, staggerMs: 0 })
  const { played, audioMs, cost } = await measureLatency({
    ...fixed,
    playlists: dealPlaylists(clips, streams),
  })
  const results = played.map(measured)
  const finals = results.flatMap(({ events }) =>
    events.filter(({ type }) => type === 'final'),
  )
  const problem = problemOf(poolLatency(results, SILENCE_MS), finals.length)
  if (problem) throw new Error(problem)
  const files =
    decodeFile && streams === 1
      ? { fileErrors: await fileErrors(clips, decodeFile) }
      : {}
  await live.close()
  return { model, clips: results, ...files, audioMs, cost }
}
