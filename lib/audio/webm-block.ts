import { readVint } from './webm-ebml.ts'

/** Content of a SimpleBlock or Block (RFC 9559 10). */
export type WebmBlock = {
  readonly track: number
  /** Ticks since the timestamp of the cluster. */
  readonly time: number
  readonly frames: readonly Uint8Array[]
}

/** Bytes by which the track of a block can be told. */
export const trackOf = (body: Uint8Array): number => readVint(body, 0).value

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
    // The first is plain, the others are signed differences.
    size = i === 1 ? value : size + value - (2 ** (7 * bytes - 1) - 1)
    if (size < 0) return undefined
    sizes.push(size)
    at += bytes
  }
  return { sizes, at }
}

const cut = (
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
    return cut(body, { sizes: Array(last).fill(size), at: at + 1 })
  }
  const read = lacing === 1 ? xiphSizes : ebmlSizes
  const sizes = read(body, at + 1, count)
  return sizes && cut(body, sizes)
}

/** Reads a block; undefined where it is damaged. */
export const parseWebmBlock = (body: Uint8Array): WebmBlock | undefined => {
  const track = readVint(body, 0)
  const at = track.bytes
  if (at === 0 || at === 9 || at + 3 > body.length) return undefined
  const time = ((body[at]! << 24) >> 16) | body[at + 1]!
  const frames = framesOf(body, at + 3, (body[at + 2]! >> 1) & 3)
  return frames && { track: track.value, time, frames }
}
