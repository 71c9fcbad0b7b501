import { ByteBuffer } from './byte-buffer.ts'
import { parseWebmBlock, trackOf } from './webm-block.ts'
import {
  type EbmlHead,
  ID,
  children,
  readHead,
  readInt,
  readUint,
} from './webm-ebml.ts'
import {
  type WebmHeader,
  type WebmTrack,
  parseInfo,
  parseTracks,
} from './webm-header.ts'

/** Frames of one block; good until the next `push`. */
export type WebmFrames = {
  readonly frames: readonly Uint8Array[]
  /** Nanoseconds since the start of the segment. */
  readonly timeNs: number
  /** Nanoseconds to cut from the end, or, below 0, from the start. */
  readonly discardNs: number
}

/** The most that a header element, or a block of sound, may measure. */
const MAX_HELD = 1 << 20
const MAX_HEAD = 12

/** Entered: what is in them is read as if it stood outside. */
const ENTERED = new Set<number>([ID.Segment, ID.Cluster])
/** Held until they are whole. */
const HEADERS = new Set<number>([ID.Info, ID.Tracks, ID.Timestamp])
const BLOCKS = new Set<number>([ID.SimpleBlock, ID.BlockGroup])

/**
 * Reads the frames of one audio track from WebM or Matroska, in any portions:
 * SimpleBlock and BlockGroup, all three lacings, sizes known or not. Behind
 * damage it goes on with the next cluster.
 */
export class WebmParser {
  readonly #pick: (tracks: readonly WebmTrack[]) => WebmTrack | undefined
  readonly #buffer = new ByteBuffer()
  #position = 0
  #skip = 0
  #limit = Infinity
  #lost = false
  #damaged = 0
  #cut = false
  #clusterTicks = 0
  #info = parseInfo(new Uint8Array(0))
  #header: WebmHeader | undefined
  #track: WebmTrack | undefined

  /** @param pick chooses the track whose frames are wanted */
  constructor(pick: (tracks: readonly WebmTrack[]) => WebmTrack | undefined) {
    this.#pick = pick
  }

  /** Known before the first frames. */
  get header(): WebmHeader | undefined {
    return this.#header
  }

  /** The chosen track. */
  get track(): WebmTrack | undefined {
    return this.#track
  }

  /** Bytes left out because they are damaged. */
  get damaged(): number {
    return this.#damaged
  }

  /** After `end`: whether the input stopped inside an element. */
  get cut(): boolean {
    return this.#cut
  }

  /** The frames that are whole with these bytes. */
  *push(bytes: Uint8Array): Generator<WebmFrames> {
    this.#buffer.append(bytes)
    for (;;) {
      this.#pass()
      if (this.#skip > 0) return
      if (this.#position >= this.#limit) this.#limit = Infinity
      const held = this.#buffer.bytes
      if (this.#lost && !this.#findCluster(held)) return
      const head = readHead(this.#buffer.bytes, 0)
      if (head === undefined) return
      if (head === null || this.#impossible(head)) this.#damage(1)
      else if (!(yield* this.#element(head))) return
    }
  }

  /** Ends the input. */
  end(): void {
    const inside = this.#limit < Infinity && this.#position < this.#limit
    const rest = this.#buffer.length + this.#skip
    this.#cut = !this.#lost && (inside || rest > 0)
  }

  #pass(): void {
    const count = Math.min(this.#skip, this.#buffer.length)
    this.#skip -= count
    this.#position += count
    this.#buffer.skip(count)
  }

  #damage(count: number): void {
    this.#lost = true
    this.#damaged += count
    this.#skip = count
    this.#pass()
  }

  /** Moves to the next cluster; false where more bytes are needed. */
  #findCluster(held: Uint8Array): boolean {
    for (
      let at = held.indexOf(0x1f);
      at >= 0;
      at = held.indexOf(0x1f, at + 1)
    ) {
      if (at + MAX_HEAD > held.length) {
        this.#damage(at)
        return false
      }
      if (readHead(held, at)?.id !== ID.Cluster) continue
      this.#damage(at)
      this.#lost = false
      this.#limit = Infinity
      return true
    }
    this.#damage(held.length)
    return false
  }

  /** Whether an element cannot be: too long to be held, or for its cluster. */
  #impossible({ id, size, bytes }: EbmlHead): boolean {
    if (ENTERED.has(id)) return false
    if (size === undefined) return true
    if (HEADERS.has(id) && size > MAX_HELD) return true
    return this.#position + bytes + size > this.#limit
  }

  /** Reads one element; false where more bytes are needed. */
  *#element({ id, size, bytes }: EbmlHead): Generator<WebmFrames, boolean> {
    if (id === ID.Cluster)
      this.#limit = this.#position + bytes + (size ?? Infinity)
    if (size === undefined || ENTERED.has(id)) {
      this.#skip = bytes
      return true
    }
    const held = this.#buffer.bytes.subarray(bytes)
    const kept = HEADERS.has(id) || BLOCKS.has(id)
    if (kept && held.length < Math.min(size, MAX_HEAD)) return false
    if (kept && this.#wanted(id, size, held)) {
      if (held.length < size) return false
      const frames = this.#read(id, held.subarray(0, size))
      if (frames) yield frames
    }
    this.#skip = bytes + size
    return true
  }

  /** Whether an element has to be held: not the pictures of a video. */
  #wanted(id: number, size: number, held: Uint8Array): boolean {
    if (size > MAX_HELD) return false
    return id !== ID.SimpleBlock || trackOf(held) === this.#track?.number
  }

  #read(id: number, body: Uint8Array): WebmFrames | undefined {
    if (id === ID.Info) this.#info = parseInfo(body)
    else if (id === ID.Tracks) {
      const tracks = parseTracks(body)
      this.#track ??= this.#pick(tracks)
      this.#header ??= { tracks, ...this.#info }
    } else if (id === ID.Timestamp) this.#clusterTicks = readUint(body)
    else if (id === ID.SimpleBlock) return this.#block(body, 0)
    else return this.#group(body)
    return undefined
  }

  #group(content: Uint8Array): WebmFrames | undefined {
    let block: Uint8Array | undefined
    let discardNs = 0
    for (const { id, body } of children(content)) {
      if (id === ID.Block) block = body
      if (id === ID.DiscardPadding) discardNs = readInt(body)
    }
    return block && this.#block(block, discardNs)
  }

  #block(body: Uint8Array, discardNs: number): WebmFrames | undefined {
    const block = parseWebmBlock(body)
    if (!block) this.#damaged += body.length
    if (!block || block.track !== this.#track?.number) return undefined
    const ticks = this.#clusterTicks + block.time
    return {
      frames: block.frames,
      timeNs: ticks * this.#info.tickNs,
      discardNs,
    }
  }
}
