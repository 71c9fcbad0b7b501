import { openAsBlob } from 'node:fs'
import { FrameLevels, quietCut } from '../../audio/quiet-cuts.ts'
import { wavHeader, s16Bytes } from '../../audio/wav-writer.ts'
import { framesOf, type AudioChunk } from '../../core/audio-chunk.ts'
import { Spool } from '../../io/temporary-files.ts'

/** Most bytes that a {@link ByteStore} keeps in memory. */
const MEMORY_BYTES: number = 4 << 20

/** Keeps bytes in memory, or in a private temporary file if they are many. */
export class ByteStore {
  #chunks: Uint8Array<ArrayBuffer>[] = []
  #spool: Spool | undefined
  length = 0

  /** @throws OutputError if they cannot be written to disk */
  async append(bytes: Uint8Array): Promise<void> {
    this.length += bytes.length
    if (this.#spool) return this.#spool.write(bytes)
    this.#chunks.push(new Uint8Array(bytes))
    if (this.length <= MEMORY_BYTES) return
    const spool = await Spool.open()
    this.#spool = spool
    for (const chunk of this.#chunks) await spool.write(chunk)
    this.#chunks = []
  }

  /** Returns all bytes; valid until {@link remove}. */
  async blob(): Promise<Blob> {
    return this.#spool ? openAsBlob(this.#spool.path) : new Blob(this.#chunks)
  }

  async remove(): Promise<void> {
    this.#chunks = []
    await this.#spool?.remove()
  }
}

const READ_BYTES = 64 << 10

export async function* bytesOf(blob: Blob): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < blob.size; at += READ_BYTES)
    yield new Uint8Array(await blob.slice(at, at + READ_BYTES).arrayBuffer())
}

/** Sample rate of decoded parts, in Hz: that of the models. */
export const PART_RATE = 16_000

export const PART_BYTES_PER_SECOND: number = 2 * PART_RATE

/** Something to upload; times in ms of the source. */
export type Part = {
  /** From 1. */
  readonly number: number
  readonly start: number
  /**
   * Resolves when the part is answered, at the latest; undefined if unknown.
   */
  readonly end: () => Promise<number | undefined>
  /** Returns what to send; can be called again for a retry. */
  readonly blob: () => Promise<Blob>
  readonly release: () => Promise<void>
}

/** A stretch of decoded audio; places in frames at {@link PART_RATE}. */
type DecodedPart = {
  readonly start: number
  readonly frames: number
  readonly silent: boolean
  readonly store: ByteStore
}

export const partMs = (frames: number): number =>
  Math.round((1_000 * frames) / PART_RATE)

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

/** Shortest audio that the service accepts, in ms. */
export const MIN_MS = 100

export const TOO_SHORT =
  'it is shorter than 0.1 s, which the service does not accept'

export type Outcome = {
  readonly durationMs: number
  /** Why it could not be read to its end; everything before is transcribed. */
  readonly failure?: Error
}

/** Lengths of parts, in frames at {@link PART_RATE}. */
export type PartLimits = {
  readonly maxFrames: number
  /** Where to look for a pause: at most half of a part, at its end. */
  readonly searchFrames: number
}

export type CutItem =
  | ({ readonly type: 'part' } & DecodedPart)
  | { readonly type: 'gap'; readonly start: number; readonly end: number }

/** Longest hole in the source that becomes silence within a part: 1 s. */
const MAX_HOLE_FRAMES = PART_RATE

/** Least audio after a cut: 0.5 s. */
const MIN_REST_FRAMES = PART_RATE / 2

class OpenPart {
  readonly start: number
  readonly levels = new FrameLevels(PART_RATE)
  readonly store = new ByteStore()
  /** Samples in which the cut may lie; not yet in `store`. */
  tail: Float32Array[] = []
  frames = 0

  constructor(start: number) {
    this.start = start
  }
}

/**
 * Cuts mono audio at {@link PART_RATE} into parts of limited length, each at
 * the longest pause near its end, without a gap between them. It holds one
 * part, mostly in a {@link ByteStore}.
 */
export class PartCutter {
  readonly #maxFrames: number
  readonly #searchFrom: number
  #open: OpenPart | undefined
  #next = 0

  constructor({ maxFrames, searchFrames }: PartLimits) {
    this.#maxFrames = maxFrames
    this.#searchFrom = maxFrames - Math.min(searchFrames, maxFrames >> 1)
  }

  /** Frame after the last one received. */
  get end(): number {
    return this.#next
  }

  async *push(chunk: AudioChunk): AsyncGenerator<CutItem> {
    const hole = chunk.offset - this.#next
    if (hole > MAX_HOLE_FRAMES) {
      yield* this.finish()
      yield { type: 'gap', start: this.#next, end: chunk.offset }
    } else if (hole > 0) yield* this.#add(new Float32Array(hole))
    this.#next = chunk.offset
    yield* this.#add(chunk.channels[0]!)
    this.#next = chunk.offset + framesOf(chunk)
  }

  async *finish(): AsyncGenerator<CutItem> {
    const open = this.#open
    this.#open = undefined
    if (!open) return
    for (const samples of open.tail) await open.store.append(s16Bytes(samples))
    yield this.#part(open, open.frames)
  }

  async close(): Promise<void> {
    await this.#open?.store.remove()
  }

  async *#add(samples: Float32Array): AsyncGenerator<CutItem> {
    for (let rest = samples; rest.length > 0;) {
      const open = (this.#open ??= new OpenPart(this.#next))
      // A full part is cut only if more audio follows.
      if (open.frames === this.#maxFrames) {
        yield* this.#cut(open)
        continue
      }
      const toSearch = this.#searchFrom - open.frames
      const room = toSearch > 0 ? toSearch : this.#maxFrames - open.frames
      const taken = rest.subarray(0, room)
      rest = rest.subarray(taken.length)
      open.levels.push(taken)
      if (toSearch > 0) await open.store.append(s16Bytes(taken))
      else open.tail.push(taken.slice())
      open.frames += taken.length
      this.#next += taken.length
    }
  }

  /** Ends a part at a pause; what follows the pause starts the next part. */
  async *#cut(open: OpenPart): AsyncGenerator<CutItem> {
    const { frameSamples, levels } = open.levels
    const last = Math.max(
      this.#searchFrom + frameSamples,
      this.#maxFrames - MIN_REST_FRAMES,
    )
    const cut = quietCut(
      levels,
      Math.ceil(this.#searchFrom / frameSamples),
      Math.floor(last / frameSamples),
    )
    const at = Math.min(
      this.#maxFrames,
      Math.max(cut * frameSamples, this.#searchFrom),
    )
    const tail = open.tail
    open.tail = []
    let place = this.#searchFrom
    const following: Float32Array[] = []
    for (const samples of tail) {
      const before = Math.max(0, Math.min(samples.length, at - place))
      await open.store.append(s16Bytes(samples.subarray(0, before)))
      if (before < samples.length) following.push(samples.subarray(before))
      place += samples.length
    }
    this.#open = undefined
    this.#next = open.start + at
    yield this.#part(open, at)
    for (const samples of following) yield* this.#add(samples)
  }

  #part(open: OpenPart, frames: number): CutItem {
    const { start, levels, store } = open
    const silent = levels.isSilent(Math.ceil(frames / levels.frameSamples))
    return { type: 'part', start, frames, silent, store }
  }
}
