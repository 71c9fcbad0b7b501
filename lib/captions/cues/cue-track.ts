import type { Cue } from './cue.ts'

/**
 * Keeps the cues of a whole transcript in order: starts never go back, and cues
 * of one channel never overlap (those of two channels may, where people speak at
 * once). A cue that comes too early is moved back and keeps its length; finals
 * in order, as transcribers promise them, are left as they are.
 */
export class CueTrack {
  #start = 0
  readonly #ends = new Map<number | undefined, number>()

  /** The cue where it may stand. */
  place(cue: Cue, channel?: number): Cue {
    const free = Math.max(this.#start, this.#ends.get(channel) ?? 0)
    const late = Math.max(0, free - cue.start)
    const placed = { ...cue, start: cue.start + late, end: cue.end + late }
    this.#start = placed.start
    this.#ends.set(channel, placed.end)
    return placed
  }
}
