import { wavHeader } from '../../audio/wav-writer.ts'
import type { ByteStore } from './byte-store.ts'

/** Rate of what is decoded here, in Hz: what the models work at. */
export const PART_RATE = 16_000

/** Bytes of a second of a decoded part. */
export const PART_BYTES_PER_SECOND: number = 2 * PART_RATE

/** Something to upload; times in ms of the source. */
export type Part = {
  /** From 1. */
  readonly number: number
  readonly start: number
  /** Known when the part is answered, at the latest; undefined: never. */
  readonly end: () => Promise<number | undefined>
  /** What is sent; may be asked for again. */
  readonly blob: () => Promise<Blob>
  /** Frees what it holds; it is sent no more. */
  readonly release: () => Promise<void>
}

/** A stretch of decoded audio with its samples; frames at {@link PART_RATE}. */
export type DecodedPart = {
  readonly start: number
  readonly frames: number
  /** Whether nothing can be heard in it. */
  readonly silent: boolean
  readonly store: ByteStore
}

/** Milliseconds of a number of frames, whole. */
export const partMs = (frames: number): number =>
  Math.round((1_000 * frames) / PART_RATE)

/** A decoded part as a WAV file to upload. */
export const wavPart = (
  number: number,
  { start, frames, store }: DecodedPart,
): Part => ({
  number,
  start: partMs(start),
  end: async () => partMs(start + frames),
  blob: async () =>
    new Blob([Buffer.from(wavHeader(PART_RATE, frames)), await store.blob()]),
  release: () => store.remove(),
})

/** The service refuses what is shorter, in ms. */
export const MIN_MS = 100

/** Why there is a gap instead of a request. */
export const TOO_SHORT =
  'it is shorter than 0.1 s, which the service does not take'

/** What became of a source. */
export type Outcome = {
  readonly durationMs: number
  /** Why it could not be read to its end; what came before is transcribed. */
  readonly failure?: Error
}
