import { clipLatency } from '../latency/clip-latency.ts'
import { SILENCE_MS, TAIL_MS } from '../latency/latency-data.ts'
import type { LatencyClip } from '../latency/live-case.ts'
import { startLocalLive } from '../latency/live-engines.ts'
import { measureLatency } from '../latency/measure-latency.ts'
import { poolLatency } from '../latency/pool-latency.ts'
import { type Distribution, distributionOf } from '../statistics.ts'

/** So many streams, played at the same time. */
export type CapacityRound = {
  readonly streams: number
  /** Whether the text of all streams kept within the delay. */
  readonly carried: boolean
  /** From the end of speech to the final, in ms. */
  readonly final: Distribution
  /** From the beginning of speech to the first text, in ms. */
  readonly first: Distribution
  /** CPU time to that of all cores, from 0 to 1. */
  readonly load: number
  /** Why it was not measured to its end. */
  readonly problem?: string
}

/** Why a search for the number of streams ended. */
export type SearchEnd = 'found' | 'time' | 'most'

/** What is asked of the case. */
export type CapacityQuestion = {
  /** Clips, each of at most half a minute. */
  readonly clips: readonly LatencyClip[]
  readonly delayMs: number
  /** Most time for all rounds; the last one may end later. */
  readonly searchMs: number
  readonly latency: string
  readonly model?: string
  readonly modelDir?: string
  /** Absolute path of a module with a recogniser. */
  readonly recognizer?: string
}

/** What it answers. */
export type CapacityAnswer = {
  readonly model: string
  readonly streams: number
  readonly ended: SearchEnd
  readonly rounds: readonly CapacityRound[]
}

/** No more streams than this are tried. */
const MOST_STREAMS = 256

/**
 * Finds the largest number of streams that are carried: doubles it until they
 * are not, then halves the distance between the two.
 *
 * @param carries whether so many streams are carried
 * @param isLate whether the time for the search is over
 */
export const findMost = async (
  carries: (streams: number) => Promise<boolean>,
  isLate: () => boolean,
): Promise<{ readonly streams: number; readonly ended: SearchEnd }> => {
  let [good, bad] = [0, Infinity]
  while (bad - good > 1) {
    if (good >= MOST_STREAMS) return { streams: good, ended: 'most' }
    if (good > 0 && isLate()) return { streams: good, ended: 'time' }
    const next = bad === Infinity ? good * 2 || 1 : Math.floor((good + bad) / 2)
    if (await carries(next)) good = next
    else bad = next
  }
  return { streams: good, ended: 'found' }
}

/** How much audio each stream plays in a round. */
const ROUND_MS = 20_000
/** Streams of a round begin within this time. */
const STAGGER_MS = 3_000

const SAMPLES_PER_MS = 16

/** The clips of one stream, beginning with another one for each stream. */
export const playlistOf = <Clip extends Pick<LatencyClip, 'samples'>>(
  clips: readonly Clip[],
  stream: number,
): Clip[] => {
  const list: Clip[] = []
  let ms = 0
  while (ms < ROUND_MS) {
    const clip = clips[(stream + list.length) % clips.length]!
    list.push(clip)
    ms += clip.samples.length / SAMPLES_PER_MS + TAIL_MS
  }
  return list
}

/**
 * Plays more and more streams to the local engine in real time, and answers how
 * many it carries: 95 of 100 finals come within the delay after speech ends,
 * and half of the first texts within it after speech begins.
 */
export default async (
  { clips, delayMs, searchMs, ...choice }: CapacityQuestion,
  { signal }: { readonly signal: AbortSignal },
): Promise<CapacityAnswer> => {
  const live = await startLocalLive({ ...choice, silenceMs: SILENCE_MS })
  const play = async (streams: number): Promise<CapacityRound> => {
    const playlists = Array.from({ length: streams }, (_, stream) =>
      playlistOf(clips, stream),
    )
    try {
      const { played, cost } = await measureLatency({
        engine: live.run,
        playlists,
        staggerMs: STAGGER_MS / streams,
        tailMs: TAIL_MS,
        // Text that comes later than this is too late in any case.
        graceMs: delayMs + 5_000,
        signal,
      })
      const measured = played.map(({ clip, arrivals }) =>
        clipLatency({ ...clip, text: undefined }, arrivals),
      )
      const { endToFinal: final, onsetToPartial: first } = poolLatency(
        measured,
        SILENCE_MS,
      )
      const carried =
        (final.p95 ?? Infinity) <= delayMs && (first.p50 ?? Infinity) <= delayMs
      return { streams, carried, final, first, load: cost.load }
    } catch (error) {
      signal.throwIfAborted()
      const { message: problem } = error as Error
      const none = distributionOf([])
      return {
        streams,
        carried: false,
        final: none,
        first: none,
        load: 1,
        problem,
      }
    }
  }
  const [shortest] = clips.toSorted(
    (a, b) => a.samples.length - b.samples.length,
  )
  await measureLatency({
    engine: live.run,
    playlists: Array.from({ length: live.width }, () => [shortest!]),
    staggerMs: 0,
    tailMs: TAIL_MS,
    signal,
  })
  const rounds: CapacityRound[] = []
  const begun = performance.now()
  const found = await findMost(
    async streams => {
      const round = await play(streams)
      rounds.push(round)
      return round.carried
    },
    () => performance.now() - begun > searchMs,
  )
  await live.close()
  return { model: live.model, ...found, rounds }
}
