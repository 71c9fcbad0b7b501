import type { Toxic, ToxicOf } from './toxic.ts'

/** Data on its way, and when it was received. */
export type Parcel = { readonly bytes: Buffer; readonly at: number }

/** One direction of a connection, as a toxic sees it. */
export type Line = {
  /** Waits, but no longer than the toxic is there. */
  wait(ms: number): Promise<void>
  /** Closes both sides once everything is delivered that was let through. */
  close(): void
  /** Resets both sides. */
  reset(): void
  /** A number from 0 to below 1. */
  random(): number
}

/** What a toxic does to a line. */
export type Effect = {
  /** Called once, when the toxic is added. */
  readonly start?: () => Promise<void>
  /** Called with each parcel that passes. */
  readonly pass?: (parcel: Parcel) => AsyncIterable<Parcel>
  /** Whether it also holds back the end of the data. */
  readonly blocks?: boolean
}

/** A random number from −1 to 1, times a size. */
const spread = (line: Line, size: number): number =>
  (2 * line.random() - 1) * size

const latency = (
  { latency, jitter = 0 }: ToxicOf<'latency'>,
  line: Line,
): Effect => ({
  async *pass(parcel) {
    const due = parcel.at + latency + spread(line, jitter)
    await line.wait(due - performance.now())
    yield parcel
  },
})

/** Longest piece that a limited rate passes on, in ms. */
const STEP_MS = 100

const bandwidth = ({ rate }: ToxicOf<'bandwidth'>, line: Line): Effect => ({
  async *pass({ bytes, at }) {
    // 1 KB a second is 1 byte a millisecond.
    const most = Math.max(1, Math.round(rate * STEP_MS))
    for (let from = 0; from < bytes.length; from += most) {
      const piece = bytes.subarray(from, from + most)
      await line.wait(piece.length / rate)
      yield { bytes: piece, at }
    }
  },
})

const timeout = ({ timeout }: ToxicOf<'timeout'>, line: Line): Effect => ({
  async start() {
    if (timeout === 0) return
    await line.wait(timeout)
    line.close()
  },
  async *pass() {
    yield* [] // nothing passes
  },
  blocks: true,
})

const resetPeer = ({ timeout }: ToxicOf<'reset_peer'>, line: Line): Effect => ({
  async start() {
    await line.wait(timeout)
    line.reset()
  },
})

const limitData = ({ bytes: limit }: ToxicOf<'limit_data'>, line: Line) => {
  let left = limit
  const effect: Effect = {
    async start() {
      if (limit === 0) line.close()
    },
    async *pass({ bytes, at }) {
      if (left <= 0) return
      const piece = bytes.subarray(0, left)
      left -= piece.length
      yield { bytes: piece, at }
      if (left <= 0) line.close()
    },
  }
  return effect
}

const slicer = (toxic: ToxicOf<'slicer'>, line: Line): Effect => ({
  async *pass({ bytes, at }) {
    const { average_size: average, size_variation: variation = 0 } = toxic
    let first = true
    for (let from = 0; from < bytes.length;) {
      const size = Math.max(1, Math.round(average + spread(line, variation)))
      if (!first) await line.wait((toxic.delay ?? 0) / 1_000)
      first = false
      yield { bytes: bytes.subarray(from, from + size), at }
      from += size
    }
  },
})

/** What a toxic does to a line. */
export const effectOf = (toxic: Toxic, line: Line): Effect => {
  switch (toxic.type) {
    case 'latency':
      return latency(toxic, line)
    case 'bandwidth':
      return bandwidth(toxic, line)
    case 'timeout':
      return timeout(toxic, line)
    case 'reset_peer':
      return resetPeer(toxic, line)
    case 'limit_data':
      return limitData(toxic, line)
    case 'slicer':
      return slicer(toxic, line)
  }
}
