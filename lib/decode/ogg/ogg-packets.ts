import type { opus } from 'prism-media'
// The package's index has a require() that bundlers cannot follow.
// @ts-expect-error: it has no types of its own
import Demuxer from 'prism-media/src/opus/OggDemuxer.js'
import type { OggPage } from './ogg-pages.ts'

/** Longest packet that fits the 255 lacing values of a page. */
const MAX_PACKET = 255 * 255 - 1

/**
 * Rewrites pages to contain only whole packets: a packet that continues in the
 * next page becomes a page of its own. The layout is that of pages, with wrong
 * checksums. Packets too long for a page (tags with a picture) are omitted.
 */
export class OggPacketAssembler {
  #parts: Uint8Array[] = []
  #pendingBytes = 0
  #lost = false

  /** Whether a partial packet was discarded since the last call. */
  takeIncomplete(): boolean {
    const lost = this.#lost
    this.#lost = false
    return lost
  }

  reset(): void {
    this.#lost ||= this.#pendingBytes > 0
    this.#parts = []
    this.#pendingBytes = 0
  }

  /** Returns up to two pages that replace this one. */
  push(page: OggPage): Uint8Array[] {
    const { lacing, body, continued } = page
    const open = lacing.at(-1) === 255
    if (!continued) this.reset()
    if (!continued && !open) return [page.bytes]
    const out: Uint8Array[] = []
    const from = continued ? endOfPacket(lacing) : 0
    const start = sum(lacing, 0, from)
    const through = open && from === lacing.length
    if (continued && this.#pendingBytes === 0) this.#lost = true
    else if (continued) {
      this.#keepPart(body.subarray(0, start))
      if (!through) out.push(...this.#assembled(page))
    }
    if (through && continued) return out
    const to = open ? startOfOpen(lacing, from) : lacing.length
    const end = sum(lacing, 0, to)
    if (open) this.#keepPart(body.subarray(end))
    out.push(build(page, lacing.subarray(from, to), body.subarray(start, end)))
    return out
  }

  #keepPart(part: Uint8Array): void {
    this.#pendingBytes += part.length
    if (this.#pendingBytes <= MAX_PACKET) this.#parts.push(new Uint8Array(part))
    else this.#parts = []
  }

  #assembled(page: OggPage): Uint8Array[] {
    const bytes = this.#pendingBytes
    const parts = this.#parts
    this.#parts = []
    this.#pendingBytes = 0
    if (bytes > MAX_PACKET) return []
    const lacing = new Uint8Array(Math.floor(bytes / 255) + 1).fill(255)
    lacing[lacing.length - 1] = bytes % 255
    return [build(page, lacing, Buffer.concat(parts))]
  }
}

const sum = (lacing: Uint8Array, from: number, to: number): number => {
  let bytes = 0
  for (let i = from; i < to; i++) bytes += lacing[i]!
  return bytes
}

/** Index after the lacing values of the first packet. */
const endOfPacket = (lacing: Uint8Array): number => {
  const last = lacing.findIndex(value => value < 255)
  return last < 0 ? lacing.length : last + 1
}

/** Index of the first lacing value of the open packet. */
const startOfOpen = (lacing: Uint8Array, from: number): number => {
  let at = lacing.length
  while (at > from && lacing[at - 1] === 255) at--
  return at
}

const build = (
  page: OggPage,
  lacing: Uint8Array,
  body: Uint8Array,
): Uint8Array => {
  const head = new Uint8Array(page.bytes.subarray(0, 27))
  head[5]! &= ~1
  head[26] = lacing.length
  return Buffer.concat([head, lacing, body])
}

const OggDemuxer = Demuxer as typeof opus.OggDemuxer

/**
 * Extracts packets with prism-media's demuxer. It ignores checksums and granule
 * positions, fails at damaged pages and drops packets that continue in the next
 * page, so `OggPages` checks its input and {@link OggPacketAssembler} rewrites
 * it.
 */
export class OggPacketReader {
  readonly #demuxer = new OggDemuxer()
  #packets: Uint8Array[] = []

  constructor() {
    const take = (packet: Uint8Array) => this.#packets.push(packet)
    // Packets before an Opus head are unknown segments, as are all of Vorbis.
    for (const event of ['head', 'tags', 'unknownSegment'])
      this.#demuxer.on(event, take)
  }

  read(page: Uint8Array): Uint8Array[] {
    this.#packets = []
    this.#demuxer.write(page)
    for (let packet; (packet = this.#demuxer.read() as Uint8Array | null);)
      this.#packets.push(packet)
    return this.#packets
  }

  free(): void {
    this.#demuxer.destroy()
  }
}
