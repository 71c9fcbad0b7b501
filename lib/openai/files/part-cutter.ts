import { openAsBlob } from 'node:fs'
import { FrameLevels, quietCut } from '../../audio/quiet-cuts.ts'
import { wavHeader, s16Bytes } from '../../audio/wav-writer.ts'
import { framesOf, type AudioChunk } from '../../core/audio-chunk.ts'
import { Spool } from '../../io/temporary-files.ts'

/** What is kept in memory; the rest goes to a file. */
const MEMORY_BYTES: number = 4 << 20

/**
 * Keeps bytes so that they can be sent again and again: the first few
 * megabytes in memory, more in a private temporary file.
 */
export class ByteStore {
  #chunks: Uint8Array<ArrayBuffer>[] = []
  #spool: Spool | undefined
  #length = 0

  /** Bytes kept. */
  get length(): number {
    return this.#length
  }

  /**
   * Adds a copy of some bytes.
   *
   * @throws OutputError where they do not fit on the disk
   */
  async append(bytes: Uint8Array): Promise<void> {
    this.#length += bytes.length
    if (this.#spool) return this.#spool.write(bytes)
    this.#chunks.push(new Uint8Array(bytes))
    if (this.#length <= MEMORY_BYTES) return
    const spool = await Spool.open()
    this.#spool = spool
    for (const chunk of this.#chunks) await spool.write(chunk)
    this.#chunks = []
  }

  /** All bytes, to be read as often as needed until {@link remove}. */
  async blob(): Promise<Blob> {
    return this.#spool ? openAsBlob(this.#spool.path) : new Blob(this.#chunks)
  }

  /** Forgets the bytes, and deletes the file. */
  async remove(): Promise<void> {
    this.#chunks = []
    await this.#spool?.remove()
  }
}

/** How much of a blob is read at once. */
const READ_BYTES = 64 << 10

/** The bytes of a blob, piece by piece. */
export async function* bytesOf(blob: Blob): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < blob.size; at += READ_BYTES)
    yield new Uint8Array(await blob.slice(at, at + READ_BYTES).arrayBuffer())
}

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
type DecodedPart = {
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

/** Lengths of parts, in frames at {@link PART_RATE}. */
export type PartLimits = {
  /** No part is longer. */
  readonly maxFrames: number
  /** How far before that a pause is looked for; at most half of it. */
  readonly searchFrames: number
}

/** A part, or a stretch in which the source has no audio. */
export type CutItem =
  | ({ readonly type: 'part' } & DecodedPart)
  | { readonly type: 'gap'; readonly start: number; readonly end: number }

/** A hole in the source up to here is silence within a part: 1 s. */
const MAX_HOLE_FRAMES = PART_RATE

/** So much of what follows a cut is there for certain: 0.5 s. */
const MIN_REST_FRAMES = PART_RATE / 2

/** The part that grows. */
class OpenPart {
  readonly start: number
  readonly levels = new FrameLevels(PART_RATE)
  readonly store = new ByteStore()
  /** Samples in which the cut may lie; they are in memory alone. */
  tail: Float32Array[] = []
  frames = 0

  constructor(start: number) {
    this.start = start
  }
}

/**
 * Cuts mono audio at {@link PART_RATE} into parts of limited length, each at
 * the longest pause near its end; the parts meet at one sample. It holds one
 * part, all but its end in a {@link ByteStore}.
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

  /** Frame after the last one that came. */
  get end(): number {
    return this.#next
  }

  /** Takes the next chunk; gives the parts that are whole. */
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

  /** The source ends here: gives the last part. */
  async *finish(): AsyncGenerator<CutItem> {
    const open = this.#open
    this.#open = undefined
    if (!open) return
    for (const samples of open.tail) await open.store.append(s16Bytes(samples))
    yield this.#part(open, open.frames)
  }

  /** Forgets the part that grows. */
  async close(): Promise<void> {
    await this.#open?.store.remove()
  }

  async *#add(samples: Float32Array): AsyncGenerator<CutItem> {
    for (let rest = samples; rest.length > 0;) {
      const open = (this.#open ??= new OpenPart(this.#next))
      // Only what follows a part shows that it has to end.
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

  /** Ends a part at a pause, and begins the next one with what follows. */
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
