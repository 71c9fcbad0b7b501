import { FrameParser } from '../format-decoder.ts'
import {
  readVint,
  type EbmlHead,
  EBML_ID,
  children,
  readHead,
  readInt,
  readUint,
  type WebmHeader,
  type WebmTrack,
  parseInfo,
  parseTracks,
} from './webm-header.ts'

/** Content of a SimpleBlock or Block (RFC 9559 10). */
type WebmBlock = {
  readonly track: number
  /** Ticks since the timestamp of the cluster. */
  readonly time: number
  readonly frames: readonly Uint8Array[]
}

const trackNumberOf = (body: Uint8Array): number => readVint(body, 0).value

type Sizes = { sizes: number[]; at: number } | undefined

const xiphSizes = (body: Uint8Array, start: number, count: number): Sizes => {
  const sizes: number[] = []
  let at = start
  for (let i = 1; i < count; i++) {
    let size = 0
    let byte
    do {
      byte = body[at++]
      if (byte === undefined) return undefined
      size += byte
    } while (byte === 255)
    sizes.push(size)
  }
  return { sizes, at }
}

const ebmlSizes = (body: Uint8Array, start: number, count: number): Sizes => {
  const sizes: number[] = []
  let at = start
  let size = 0
  for (let i = 1; i < count; i++) {
    const { value, bytes } = readVint(body, at)
    if (bytes === 0 || bytes === 9) return undefined
    // The first is absolute, the others are signed differences.
    size = i === 1 ? value : size + value - (2 ** (7 * bytes - 1) - 1)
    if (size < 0) return undefined
    sizes.push(size)
    at += bytes
  }
  return { sizes, at }
}

const splitLaces = (
  body: Uint8Array,
  { sizes, at: start }: { sizes: number[]; at: number },
): Uint8Array[] | undefined => {
  const frames: Uint8Array[] = []
  let at = start
  for (const size of sizes) {
    if (at + size > body.length) return undefined
    frames.push(body.subarray(at, at + size))
    at += size
  }
  frames.push(body.subarray(at))
  return frames
}

const framesOf = (
  body: Uint8Array,
  at: number,
  lacing: number,
): Uint8Array[] | undefined => {
  if (lacing === 0) return [body.subarray(at)]
  const last = body[at]
  if (last === undefined) return undefined
  const count = last + 1
  if (lacing === 2) {
    const size = (body.length - at - 1) / count
    if (!Number.isInteger(size)) return undefined
    return splitLaces(body, { sizes: Array(last).fill(size), at: at + 1 })
  }
  const read = lacing === 1 ? xiphSizes : ebmlSizes
  const sizes = read(body, at + 1, count)
  return sizes && splitLaces(body, sizes)
}

/** Reads a block; undefined if it is damaged. */
export const parseWebmBlock = (body: Uint8Array): WebmBlock | undefined => {
  const track = readVint(body, 0)
  const at = track.bytes
  if (at === 0 || at === 9 || at + 3 > body.length) return undefined
  const time = ((body[at]! << 24) >> 16) | body[at + 1]!
  const frames = framesOf(body, at + 3, (body[at + 2]! >> 1) & 3)
  return frames && { track: track.value, time, frames }
}

/** Frames of a block; valid until the next `push`. */
export type WebmFrames = {
  readonly frames: readonly Uint8Array[]
  /** Nanoseconds since the start of the segment. */
  readonly timeNs: number
  /** Nanoseconds to cut from the end or, if negative, the start. */
  readonly discardNs: number
}

const MAX_HELD = 1 << 20
const MAX_HEAD = 12
const MAX_RESYNC_BLOCK = 1 << 15

/** Elements whose children are read as if at top level. */
const CONTAINERS = new Set<number>([EBML_ID.Segment, EBML_ID.Cluster])
/** Elements that are buffered until they are complete. */
const HEADERS = new Set<number>([
  EBML_ID.Info,
  EBML_ID.Tracks,
  EBML_ID.Timestamp,
])
const BLOCKS = new Set<number>([EBML_ID.SimpleBlock, EBML_ID.BlockGroup])

/**
 * Reads the frames of one audio track of WebM or Matroska. After damage it
 * continues with the next cluster or block of the track.
 */
export class WebmParser extends FrameParser<WebmFrames> {
  readonly #pick: (tracks: readonly WebmTrack[]) => WebmTrack | undefined
  #position = 0
  #limit = Infinity
  #resyncing = false
  #clusterTicks = 0
  #info = parseInfo(new Uint8Array(0))
  /** Set before the first frames. */
  header: WebmHeader | undefined
  track: WebmTrack | undefined

  /** @param pick chooses the track to read */
  constructor(pick: (tracks: readonly WebmTrack[]) => WebmTrack | undefined) {
    super()
    this.#pick = pick
  }

  override *end(): Generator<WebmFrames> {
    yield* super.end()
    const inside = this.#limit < Infinity && this.#position < this.#limit
    const rest = this.buffer.length + this.skip
    this.truncated = !this.#resyncing && (inside || rest > 0)
  }

  protected *frames(): Generator<WebmFrames> {
    for (;;) {
      if (!this.skipBytes()) return
      if (this.#position >= this.#limit) this.#limit = Infinity
      const held = this.buffer.bytes
      if (this.#resyncing && !this.#resync(held)) return
      const head = readHead(this.buffer.bytes, 0)
      if (head === undefined) return
      if (head === null || this.#isInvalid(head)) this.#omit(1)
      else if (!(yield* this.#element(head))) return
    }
  }

  protected override skipBytes(): boolean {
    const before = this.skip
    const done = super.skipBytes()
    this.#position += before - this.skip
    return done
  }

  #omit(count: number): void {
    this.#resyncing = true
    this.damaged += count
    this.skip = count
    this.skipBytes()
  }

  /** Moves to where it can continue; returns false if it needs more bytes. */
  #resync(held: Uint8Array): boolean {
    for (let at = 0; at < held.length; at++) {
      if (held[at] !== 0x1f && held[at] !== EBML_ID.SimpleBlock) continue
      const found = this.#canResumeAt(held, at)
      if (found === false) continue
      this.#omit(at)
      this.#resyncing = found === undefined
      if (found) this.#limit = Infinity
      return found === true
    }
    this.#omit(held.length)
    return false
  }

  /**
   * Whether a cluster, or a block of the track followed by another element,
   * begins at `at`; undefined if it needs more bytes.
   */
  #canResumeAt(held: Uint8Array, at: number): boolean | undefined {
    if (at + MAX_HEAD > held.length) return undefined
    const head = readHead(held, at)
    if (head?.id === EBML_ID.Cluster) return true
    if (head?.id !== EBML_ID.SimpleBlock || !head.size) return false
    if (head.size > MAX_RESYNC_BLOCK) return false
    if (trackNumberOf(held.subarray(at + head.bytes)) !== this.track?.number)
      return false
    const next = at + head.bytes + head.size
    if (next + MAX_HEAD > held.length) return undefined
    const id = readHead(held, next)?.id ?? 0
    return BLOCKS.has(id) || id === EBML_ID.Cluster
  }

  /** Whether an element is too long for the buffer or its cluster. */
  #isInvalid({ id, size, bytes }: EbmlHead): boolean {
    if (CONTAINERS.has(id)) return false
    if (size === undefined) return true
    if (HEADERS.has(id) && size > MAX_HELD) return true
    return this.#position + bytes + size > this.#limit
  }

  /** Reads an element; returns false if it needs more bytes. */
  *#element({ id, size, bytes }: EbmlHead): Generator<WebmFrames, boolean> {
    if (id === EBML_ID.Cluster)
      this.#limit = this.#position + bytes + (size ?? Infinity)
    if (size === undefined || CONTAINERS.has(id)) {
      this.skip = bytes
      return true
    }
    const held = this.buffer.bytes.subarray(bytes)
    const kept = HEADERS.has(id) || BLOCKS.has(id)
    if (kept && held.length < Math.min(size, MAX_HEAD)) return false
    if (kept && this.#isNeeded(id, size, held)) {
      if (held.length < size) return false
      const frames = this.#read(id, held.subarray(0, size))
      if (frames) yield frames
    }
    this.skip = bytes + size
    return true
  }

  /** Whether an element is buffered; blocks of video are not. */
  #isNeeded(id: number, size: number, held: Uint8Array): boolean {
    if (size > MAX_HELD) return false
    return (
      id !== EBML_ID.SimpleBlock || trackNumberOf(held) === this.track?.number
    )
  }

  #read(id: number, body: Uint8Array): WebmFrames | undefined {
    if (id === EBML_ID.Info) this.#info = parseInfo(body)
    else if (id === EBML_ID.Tracks) {
      const tracks = parseTracks(body)
      this.track ??= this.#pick(tracks)
      this.header ??= { tracks, ...this.#info }
    } else if (id === EBML_ID.Timestamp) this.#clusterTicks = readUint(body)
    else if (id === EBML_ID.SimpleBlock) return this.#block(body, 0)
    else return this.#group(body)
    return undefined
  }

  #group(content: Uint8Array): WebmFrames | undefined {
    let block: Uint8Array | undefined
    let discardNs = 0
    for (const { id, body } of children(content)) {
      if (id === EBML_ID.Block) block = body
      if (id === EBML_ID.DiscardPadding) discardNs = readInt(body)
    }
    return block && this.#block(block, discardNs)
  }

  #block(body: Uint8Array, discardNs: number): WebmFrames | undefined {
    const block = parseWebmBlock(body)
    if (!block) this.damaged += body.length
    if (!block || block.track !== this.track?.number) return undefined
    const ticks = this.#clusterTicks + block.time
    return {
      frames: block.frames,
      timeNs: ticks * this.#info.tickNs,
      discardNs,
    }
  }
}
