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
