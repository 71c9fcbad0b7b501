import { checkNumber } from '../../core/options.ts'
import type { Cue } from './cue.ts'

/** Most cues at once that are kept apart. */
const most = 16

/**
 * Tells cues of a file apart that are shown at once, for cues of one channel
 * never overlap: one that begins before the end of those before it gets a
 * channel of its own, 1 and up; the others have none.
 */
export class CueLanes {
  readonly #ends: number[] = []

  /** The cue with its channel. */
  place(cue: Cue): Cue {
    const ends = this.#ends
    let lane = ends.findIndex(end => end <= cue.start)
    if (lane < 0 && ends.length < most) lane = ends.length
    if (lane < 0) lane = ends.indexOf(Math.min(...ends))
    ends[lane] = cue.end
    return lane === 0 ? cue : { ...cue, channel: lane }
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
  const lanes = new CueLanes()
  return sorted.map((cue, i) => {
    const next = sorted[i + 1]?.start ?? Infinity
    const slips = next > cue.start && cue.end - next <= maxOverlapMs
    return lanes.place(slips ? { ...cue, end: Math.min(cue.end, next) } : cue)
  })
}
