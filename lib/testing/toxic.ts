import { checkNumber, checkOneOf } from '../core/options.ts'

/** Direction of the affected data: to the client, or to the server. */
export type Direction = 'downstream' | 'upstream'

/**
 * A network problem, with the names and units of toxiproxy:
 *
 * - `latency`: data arrives `latency` ms later, ± `jitter` ms.
 * - `bandwidth`: at most `rate` KB/s.
 * - `timeout`: no data arrives, and the connection is closed after `timeout`
 *   ms; with 0 it stays open until the toxic is removed.
 * - `reset_peer`: the connection is reset after `timeout` ms.
 * - `limit_data`: it is closed after so many `bytes`.
 * - `slicer`: data arrives in pieces of `average_size` bytes, ±
 *   `size_variation`, with `delay` µs between them.
 */
export type Toxic = {
  /** Direction of the affected data. @default 'downstream' */
  readonly stream?: Direction
  /**
   * Name for {@link FaultProxy.remove}.
   * @default type and stream, for example `latency_downstream`
   */
  readonly name?: string
} & (
  | {
      readonly type: 'latency'
      /** Delay, in ms. */
      readonly latency: number
      /** Largest deviation from it, in ms. @default 0 */
      readonly jitter?: number
    }
  | {
      readonly type: 'bandwidth'
      /** Highest rate, in KB/s. */
      readonly rate: number
    }
  | {
      readonly type: 'timeout'
      /** Time until the connection is closed, in ms; 0 for never. */
      readonly timeout: number
    }
  | {
      readonly type: 'reset_peer'
      /** Time until the connection is reset, in ms. */
      readonly timeout: number
    }
  | {
      readonly type: 'limit_data'
      /** Bytes after which the connection is closed. */
      readonly bytes: number
    }
  | {
      readonly type: 'slicer'
      /** Mean size of a piece, in bytes. */
      readonly average_size: number
      /** Largest deviation from it, in bytes. @default 0 */
      readonly size_variation?: number
      /** Time between pieces, in µs. @default 0 */
      readonly delay?: number
    }
)

/** Attributes of each type, with their smallest values. */
const attributes: Record<
  Toxic['type'],
  { required: Record<string, number>; optional?: Record<string, number> }
> = {
  latency: { required: { latency: 0 }, optional: { jitter: 0 } },
  bandwidth: { required: { rate: 0.001 } },
  timeout: { required: { timeout: 0 } },
  reset_peer: { required: { timeout: 0 } },
  limit_data: { required: { bytes: 0 } },
  slicer: {
    required: { average_size: 1 },
    optional: { size_variation: 0, delay: 0 },
  },
}

/** @throws OptionError */
export const checkToxic = (toxic: Toxic): void => {
  checkOneOf('toxic.type', toxic.type, Object.keys(attributes))
  if (toxic.stream !== undefined)
    checkOneOf('toxic.stream', toxic.stream, ['downstream', 'upstream'])
  const { required, optional = {} } = attributes[toxic.type]
  const given = toxic as Readonly<Record<string, unknown>>
  for (const [name, least] of Object.entries(required))
    checkNumber(`toxic.${name}`, given[name], least)
  for (const [name, least] of Object.entries(optional))
    if (given[name] !== undefined)
      checkNumber(`toxic.${name}`, given[name], least)
}

/** Data in transit, and when it was received. */
export type Parcel = { readonly bytes: Buffer; readonly at: number }

/** One direction of a connection, as a toxic sees it. */
export type Line = {
  /** Waits, at most until the toxic is removed. */
  wait(ms: number): Promise<void>
  /** Closes both sides once all passed data is delivered. */
  close(): void
  /** Resets both sides. */
  reset(): void
  /** From 0 to below 1. */
  random(): number
}

export type Effect = {
  /** Called once, when the toxic is added. */
  readonly start?: () => Promise<void>
  /** Called with each parcel that passes. */
  readonly pass?: (parcel: Parcel) => AsyncIterable<Parcel>
  /** Whether it also holds back the end of the data. */
  readonly blocks?: boolean
}

/** A random number from −size to size. */
const spread = (line: Line, size: number): number =>
  (2 * line.random() - 1) * size

/** Longest piece at a limited rate, in ms. */
const STEP_MS = 100

const effects: {
  [Type in Toxic['type']]: (
    toxic: Extract<Toxic, { type: Type }>,
    line: Line,
  ) => Effect
} = {
  latency: ({ latency, jitter = 0 }, line) => ({
    async *pass(parcel) {
      const due = parcel.at + latency + spread(line, jitter)
      await line.wait(due - performance.now())
      yield parcel
    },
  }),

  bandwidth: ({ rate }, line) => ({
    async *pass({ bytes, at }) {
      // 1 KB a second is 1 byte a millisecond.
      const most = Math.max(1, Math.round(rate * STEP_MS))
      for (let from = 0; from < bytes.length; from += most) {
        const piece = bytes.subarray(from, from + most)
        await line.wait(piece.length / rate)
        yield { bytes: piece, at }
      }
    },
  }),

  timeout: ({ timeout }, line) => ({
    async start() {
      if (timeout === 0) return
      await line.wait(timeout)
      line.close()
    },
    async *pass() {
      yield* [] // nothing passes
    },
    blocks: true,
  }),

  reset_peer: ({ timeout }, line) => ({
    async start() {
      await line.wait(timeout)
      line.reset()
    },
  }),

  limit_data: ({ bytes: limit }, line) => {
    let left = limit
    return {
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
  },

  slicer: ({ average_size, size_variation = 0, delay = 0 }, line) => ({
    async *pass({ bytes, at }) {
      for (let from = 0; from < bytes.length;) {
        const size = average_size + spread(line, size_variation)
        const end = from + Math.max(1, Math.round(size))
        if (from > 0) await line.wait(delay / 1_000)
        yield { bytes: bytes.subarray(from, end), at }
        from = end
      }
    },
  }),
}

export const effectOf = (toxic: Toxic, line: Line): Effect => {
  const effect = effects[toxic.type] as (toxic: Toxic, line: Line) => Effect
  return effect(toxic, line)
}
