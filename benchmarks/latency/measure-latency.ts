import type { Readable } from 'node:stream'
import type { TranscriptEvent } from 'voxpipe'
import { startCostMeter, type Cost } from '../meters.ts'
import { systemClock, type Clock, PacedSource } from './paced-source.ts'
import type { Arrival } from './turn-records.ts'

/**
 * The values of an iterable until it ends, or until a signal aborts, even
 * where the iterable does not heed it.
 *
 * @throws what the iterable throws, or the signal's reason
 */
export async function* untilAborted<T>(
  values: AsyncIterable<T>,
  signal: AbortSignal,
): AsyncGenerator<T> {
  signal.throwIfAborted()
  const aborted = new Promise<never>((_, reject) => {
    const abort = (): void => reject(signal.reason as Error)
    signal.addEventListener('abort', abort, { once: true })
  })
  aborted.catch(() => {}) // it may come when nobody waits
  const iterator = values[Symbol.asyncIterator]()
  for (;;) {
    const { done, value } = await Promise.race([iterator.next(), aborted])
    if (done) return
    yield value
  }
}

/**
 * What is measured: takes paced 50 ms AudioChunks of 16 kHz mono, gives events
 * until the audio ends.
 */
export type LatencyEngine = (
  source: Readable,
  options: {
    /** Aborted if it takes too long. */
    readonly signal: AbortSignal
  },
) => AsyncIterable<TranscriptEvent>

/** A clip to play. */
type PlayableClip = {
  readonly id: string
  /** Mono, 16 kHz. */
  readonly samples: Float32Array
}

/** Options of {@link measureLatency}. */
type MeasureLatencyOptions<Clip extends PlayableClip> = {
  readonly engine: LatencyEngine
  /** Clips of each stream, one after another; the streams play together. */
  readonly playlists: readonly (readonly Clip[])[]
  /** A stream begins so many ms after the one before. @default 300 */
  readonly staggerMs?: number
  /** Silence after each clip, in ms. @default 1500 */
  readonly tailMs?: number
  /**
   * How long after the end of the audio an engine may end, in ms; then it is
   * given up.
   * @default 60000
   */
  readonly graceMs?: number
  /** @default the machine's */
  readonly clock?: Clock
  /** Stops it when aborted. */
  readonly signal?: AbortSignal
}

/** A clip as it was transcribed. */
export type PlayedClip<Clip extends PlayableClip> = {
  readonly clip: Clip
  /** Index of its stream. */
  readonly stream: number
  /** Its events in order, on its own audio clock. */
  readonly arrivals: readonly Arrival[]
  /** Length with the silence after it, in ms. */
  readonly durationMs: number
  /** By how much a chunk was late at most, in ms. */
  readonly maxLatenessMs: number
}

/** {@link measureLatency}'s answer. */
type LatencyMeasurement<Clip extends PlayableClip> = {
  readonly played: readonly PlayedClip<Clip>[]
  /** Length of all clips with their silence, in ms. */
  readonly audioMs: number
  readonly cost: Cost
}

/**
 * Plays clips in real time to an engine in this process, and notes when each
 * event arrives. Warm the engine up before: its loading is not told apart.
 *
 * @throws what the engine throws, or that it never ends; the other streams are
 *   aborted then
 */
export const measureLatency = async <Clip extends PlayableClip>({
  engine,
  playlists,
  staggerMs = 300,
  tailMs = 1_500,
  graceMs = 60_000,
  clock = systemClock,
  signal,
}: MeasureLatencyOptions<Clip>): Promise<LatencyMeasurement<Clip>> => {
  const failure = new AbortController()
  const stop = signal
    ? AbortSignal.any([signal, failure.signal])
    : failure.signal
  const play = async (clip: Clip, stream: number) => {
    const { samples } = clip
    const late = new AbortController()
    // A signal of their own for all: many listeners at one are warned of.
    const signal = AbortSignal.any([stop, late.signal])
    const source = new PacedSource({ samples, tailMs, clock, signal })
    const takeBack = clock.after(source.durationMs + graceMs, () =>
      late.abort(new Error(neverEnds(source.durationMs, graceMs))),
    )
    const seen: Arrival[] = []
    try {
      for await (const event of untilAborted(
        engine(source, { signal }),
        signal,
      ))
        seen.push({ at: clock.now(), event })
    } finally {
      takeBack()
    }
    // An engine may stop before the audio does.
    source.destroy()
    const { startedAt, durationMs, lateness } = source
    const arrivals = seen.map(({ at, event }) => ({
      at: at - startedAt,
      event,
    }))
    const maxLatenessMs = Math.max(0, ...lateness)
    return { clip, stream, arrivals, durationMs, maxLatenessMs }
  }
  const playAll = async (clips: readonly Clip[], stream: number) => {
    const played: PlayedClip<Clip>[] = []
    await wait(clock, stream * staggerMs, AbortSignal.any([stop]))
    for (const clip of clips) played.push(await play(clip, stream))
    return played
  }
  const stopMeter = startCostMeter()
  try {
    const streams = playlists.map((clips, stream) => playAll(clips, stream))
    const played = (await Promise.all(streams)).flat()
    const audioMs = played.reduce((sum, { durationMs }) => sum + durationMs, 0)
    return { played, audioMs, cost: stopMeter() }
  } catch (error) {
    stopMeter()
    failure.abort(error)
    throw error
  }
}

const neverEnds = (audioMs: number, graceMs: number): string =>
  `it did not end ${graceMs / 1000} s after ${(audioMs / 1000).toFixed(0)} s of audio had; events must end when the source does`

const wait = (clock: Clock, ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    signal.throwIfAborted()
    const abort = (): void => {
      takeBack()
      reject(signal.reason as Error)
    }
    const takeBack = clock.after(ms, () => {
      signal.removeEventListener('abort', abort)
      resolve()
    })
    signal.addEventListener('abort', abort)
  })
