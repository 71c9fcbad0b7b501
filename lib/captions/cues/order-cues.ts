import { checkNumber } from '../../core/options.ts'
import type { Cue } from './cue.ts'

/** The most channels that simultaneous cues are divided into. */
const maxChannels = 16

/**
 * Assigns channels to the cues of a file, since cues of one channel never
 * overlap: a cue that begins before the previous ones end gets a channel from 1;
 * others have none.
 */
export class CueChannels {
  readonly #ends: number[] = []

  /** Returns the cue with its channel. */
  place(cue: Cue): Cue {
    const ends = this.#ends
    let channel = ends.findIndex(end => end <= cue.start)
    if (channel < 0 && ends.length < maxChannels) channel = ends.length
    if (channel < 0) channel = ends.indexOf(Math.min(...ends))
    ends[channel] = cue.end
    return channel === 0 ? cue : { ...cue, channel }
  }
}

/** Options of {@link orderCues}. */
export type OrderCuesOptions = {
  /**
   * Longest overlap, in ms, that is taken for a slip: the cue before ends where
   * the next begins.
   * @default 0
   */
  readonly maxOverlapMs?: number
}

const withoutChannel = (cue: Cue): Cue =>
  Object.fromEntries(
    Object.entries(cue).filter(([name]) => name !== 'channel'),
  ) as Cue

/**
 * Cues of a file in the order of their starts. Those that are shown at once get
 * channels of their own, whatever channels they had.
 *
 * @throws OptionError if an option cannot be used.
 */
export const orderCues = (
  cues: Iterable<Cue>,
  { maxOverlapMs = 0 }: OrderCuesOptions = {},
): Cue[] => {
  checkNumber('maxOverlapMs', maxOverlapMs, 0)
  const sorted = Array.from(cues, withoutChannel).sort(
    (a, b) => a.start - b.start,
  )
  const channels = new CueChannels()
  return sorted.map((cue, i) => {
    const next = sorted[i + 1]?.start ?? Infinity
    const slips = next > cue.start && cue.end - next <= maxOverlapMs
    return channels.place(
      slips ? { ...cue, end: Math.min(cue.end, next) } : cue,
    )
  })
}

/**
 * Keeps the cues of a whole transcript in order: starts never go back, and cues
 * of one channel never overlap. A cue that starts too early is delayed and keeps
 * its length; finals in order need no change.
 */
export class CueSequencer {
  #start = 0
  readonly #ends = new Map<number | undefined, number>()

  /** Returns the cue, delayed if necessary. */
  place(cue: Cue, channel?: number): Cue {
    const free = Math.max(this.#start, this.#ends.get(channel) ?? 0)
    const late = Math.max(0, free - cue.start)
    const placed = { ...cue, start: cue.start + late, end: cue.end + late }
    this.#start = placed.start
    this.#ends.set(channel, placed.end)
    return placed
  }
}
