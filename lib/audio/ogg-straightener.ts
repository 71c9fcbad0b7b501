import type { OggPage } from './ogg-pages.ts'

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
