import type { OggPage } from './ogg-pages.ts'

/** Where the PCM of a page belongs. */
type OggPlace = {
  /** Index of its first frame since the start of the stream. */
  readonly at: number
  /** Frames to drop from its start, and to keep behind those. */
  readonly skip: number
  readonly keep: number
}

/** A jump of the clock without a lost page that is believed, in frames/s. */
const SILENCE_S = 0.1

/**
 * Places the PCM of Ogg pages by their granule positions: cuts off what comes
 * before the start (`preSkip`) and behind the end of the stream, and keeps the
 * place of what comes after lost pages (RFC 7845 4, Vorbis I A.2).
 */
export class OggTimeline {
  readonly #preSkip: number
  readonly #silence: number
  #base: number | undefined
  /** Frames since the base that have been placed, `preSkip` among them. */
  #position = 0
  #doubt = false

  constructor(sampleRate: number, preSkip: number) {
    this.#preSkip = preSkip
    this.#silence = Math.round(sampleRate * SILENCE_S)
  }

  /**
   * @param frames PCM frames of the packets that end in the page
   * @param granule granule position of the page
   * @param lost whether something in this page, or in front, is missing: the
   * next granule position is believed then, and not the count of frames
   */
  place(
    frames: number,
    page: { granule: number | undefined; last: boolean },
    lost: boolean,
  ): OggPlace {
    const { granule, last } = page
    const position = this.#position
    let end = position + frames
    let cut = 0
    this.#doubt ||= lost
    // Pages of headers have a position of 0 that says nothing.
    if (frames === 0) return { at: position, skip: 0, keep: 0 }
    if (granule !== undefined) {
      if (this.#base === undefined) {
        // Of a page that is both first and last it is the end that is cut.
        const early = granule - frames
        this.#base = last ? Math.max(0, early) : this.#doubt ? 0 : early
      }
      const told = granule - this.#base
      if (last && told < end) cut = Math.min(frames, end - told)
      else if (this.#doubt || told - end > this.#silence) end = told
      this.#doubt = false
    }
    const start = end - frames
    this.#position = end
    // A first granule below its number of frames: the excess is no audio.
    const before = this.#preSkip + Math.max(0, -(this.#base ?? 0))
    const passed = Math.max(before, position) - start
    const skip = Math.min(frames, Math.max(0, passed))
    return {
      at: Math.max(0, start + skip - before),
      skip,
      keep: Math.max(0, frames - skip - cut),
    }
  }
}

/** The most that fits the 255 lacing values of one page. */
const MAX_PACKET = 255 * 255 - 1

/**
 * Makes every page hold whole packets only: one that goes on in the next page
 * is kept and comes as a page of its own. The result has the layout of pages
 * but not their checksums. Of a packet that is too long for one page (tags
 * with a picture in them) nothing comes.
 */
export class OggStraightener {
  #parts: Uint8Array[] = []
  #held = 0
  #lost = false

  /** Whether a part of a packet was thrown away; asking forgets it. */
  takeLost(): boolean {
    const lost = this.#lost
    this.#lost = false
    return lost
  }

  /** Throws away the packet under way, as its next page will not come. */
  reset(): void {
    this.#lost ||= this.#held > 0
    this.#parts = []
    this.#held = 0
  }

  /** The pages, none to two, that stand for this one. */
  push(page: OggPage): Uint8Array[] {
    const { lacing, body, continued } = page
    const open = lacing.at(-1) === 255
    if (!continued) this.reset()
    if (!continued && !open) return [page.bytes]
    const out: Uint8Array[] = []
    const from = continued ? endOfPacket(lacing) : 0
    const start = sum(lacing, 0, from)
    const through = open && from === lacing.length
    if (continued && this.#held === 0) this.#lost = true
    else if (continued) {
      this.#hold(body.subarray(0, start))
      if (!through) out.push(...this.#whole(page))
    }
    if (through && continued) return out
    const to = open ? startOfOpen(lacing, from) : lacing.length
    const end = sum(lacing, 0, to)
    if (open) this.#hold(body.subarray(end))
    out.push(build(page, lacing.subarray(from, to), body.subarray(start, end)))
    return out
  }

  #hold(part: Uint8Array): void {
    this.#held += part.length
    if (this.#held <= MAX_PACKET) this.#parts.push(new Uint8Array(part))
    else this.#parts = []
  }

  /** The kept packet as a page. */
  #whole(page: OggPage): Uint8Array[] {
    const bytes = this.#held
    const parts = this.#parts
    this.#parts = []
    this.#held = 0
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

/** Index behind the lacing values of the first packet. */
const endOfPacket = (lacing: Uint8Array): number => {
  const last = lacing.findIndex(value => value < 255)
  return last < 0 ? lacing.length : last + 1
}

/** Index of the first lacing value of the packet that does not end. */
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
