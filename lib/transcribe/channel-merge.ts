import type { FinalEvent, GapEvent } from '../core/transcript-event.ts'

/** The events that are ordered by their start. */
export type FinalOrGap = FinalEvent | GapEvent

type ChannelState = {
  readonly channel: number
  /** Events that wait for other channels. */
  readonly waiting: FinalOrGap[]
  /** Further events begin at or after this time, in ms. */
  settled: number
}

const isSameGap = (a: FinalOrGap | undefined, b: GapEvent): boolean =>
  a?.type === 'gap' &&
  a.start === b.start &&
  a.end === b.end &&
  a.reason === b.reason

/**
 * Merges the finals and gaps of several channels in order of their start, then of
 * their channel. An event waits until all channels are past its start. A gap that
 * all channels have is emitted once, without a channel.
 */
export class ChannelMerge {
  readonly #channels: readonly ChannelState[]

  /** @param count number of channels */
  constructor(count: number) {
    this.#channels = Array.from({ length: count }, (_, channel) => ({
      channel,
      waiting: [],
      settled: 0,
    }))
  }

  /** Adds the next final or gap of a channel. */
  add(channel: number, event: FinalOrGap): void {
    this.#channels[channel]!.waiting.push(event)
    this.settle(channel, event.end)
  }

  /** Sets how far a channel has come, in ms; Infinity at its end. */
  settle(channel: number, ms: number): void {
    const state = this.#channels[channel]!
    state.settled = Math.max(state.settled, ms)
  }

  /** Removes and returns the events whose order is certain. */
  take(): FinalOrGap[] {
    const taken: FinalOrGap[] = []
    for (let next = this.#next(); next; next = this.#next()) taken.push(next)
    return taken
  }

  #next(): FinalOrGap | undefined {
    let first: ChannelState | undefined
    for (const state of this.#channels) {
      const start = state.waiting[0]?.start ?? Infinity
      if (start < (first?.waiting[0]?.start ?? Infinity)) first = state
    }
    const next = first?.waiting[0]
    if (!first || !next) return undefined
    const isCertain = this.#channels.every(
      ({ waiting, settled }) => waiting.length > 0 || settled > next.start,
    )
    if (!isCertain) return undefined
    const isEverywhere =
      next.type === 'gap' &&
      this.#channels.every(({ waiting }) => isSameGap(waiting[0], next))
    if (!isEverywhere)
      return { ...first.waiting.shift()!, channel: first.channel }
    for (const { waiting } of this.#channels) waiting.shift()
    return next
  }
}
