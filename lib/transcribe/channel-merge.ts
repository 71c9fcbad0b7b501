import type { FinalEvent, GapEvent } from '../core/transcript-event.ts'

/** What has a place in the order of a transcript. */
export type Placed = FinalEvent | GapEvent

type Lane = {
  readonly channel: number
  /** What waits for other channels. */
  readonly waiting: Placed[]
  /** No final or gap that is still to come begins before, in ms. */
  settled: number
}

const isSameGap = (a: Placed | undefined, b: GapEvent): boolean =>
  a?.type === 'gap' &&
  a.start === b.start &&
  a.end === b.end &&
  a.reason === b.reason

/**
 * Puts the finals and gaps of several channels in order of their starts; of
 * those with the same start the lower channel's is first. One waits until every
 * other channel has come past its start. A gap that all channels have is one,
 * of no channel.
 */
export class ChannelMerge {
  readonly #lanes: readonly Lane[]

  /** @param count of channels */
  constructor(count: number) {
    this.#lanes = Array.from({ length: count }, (_, channel) => ({
      channel,
      waiting: [],
      settled: 0,
    }))
  }

  /** Takes the next final or gap of a channel. */
  add(channel: number, event: Placed): void {
    this.#lanes[channel]!.waiting.push(event)
    this.settle(channel, event.end)
  }

  /** A channel has come so far, in ms; at its end to Infinity. */
  settle(channel: number, ms: number): void {
    const lane = this.#lanes[channel]!
    lane.settled = Math.max(lane.settled, ms)
  }

  /** Takes out what is certain to be next. */
  take(): Placed[] {
    const taken: Placed[] = []
    for (let next = this.#next(); next; next = this.#next()) taken.push(next)
    return taken
  }

  #next(): Placed | undefined {
    let first: Lane | undefined
    for (const lane of this.#lanes) {
      const start = lane.waiting[0]?.start ?? Infinity
      if (start < (first?.waiting[0]?.start ?? Infinity)) first = lane
    }
    const next = first?.waiting[0]
    if (!first || !next) return undefined
    const isCertain = this.#lanes.every(
      ({ waiting, settled }) => waiting.length > 0 || settled > next.start,
    )
    if (!isCertain) return undefined
    const isEverywhere =
      next.type === 'gap' &&
      this.#lanes.every(({ waiting }) => isSameGap(waiting[0], next))
    if (!isEverywhere)
      return { ...first.waiting.shift()!, channel: first.channel }
    for (const { waiting } of this.#lanes) waiting.shift()
    return next
  }
}
