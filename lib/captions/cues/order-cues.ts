import { checkNumber } from '../../core/options.ts'
import type { Cue } from './cue.ts'

const maxChannels = 16

/**
 * Assigns channels to the cues of a file, since cues of one channel never
 * overlap: a cue that begins before previous ones end gets a channel from 1,
 * others none.
 */
export class CueChannels {
  readonly #ends: number[] = []

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
   * Longest overlap in ms that counts as a mistake: the earlier cue is
   * shortened to end where the next begins.
   * @default 0
   */
  readonly maxOverlapMs?: number
}

const withoutChannel = (cue: Cue): Cue =>
  Object.fromEntries(
    Object.entries(cue).filter(([name]) => name !== 'channel'),
  ) as Cue

/**
 * Sorts the cues of a file by their starts. Simultaneous cues get different
 * channels, whatever channels they had.
 * @throws OptionError if an option is invalid
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
 * Keeps the cues of a transcript in order: starts never go back, and cues of
 * one channel never overlap. A cue that starts too early is delayed and keeps
 * its duration.
 */
export class CueSequencer {
  #start = 0
  readonly #ends = new Map<number | undefined, number>()

  place(cue: Cue, channel?: number): Cue {
    const free = Math.max(this.#start, this.#ends.get(channel) ?? 0)
    const late = Math.max(0, free - cue.start)
    const placed = { ...cue, start: cue.start + late, end: cue.end + late }
    this.#start = placed.start
    this.#ends.set(channel, placed.end)
    return placed
  }
}
