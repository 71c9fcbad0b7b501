import { FormatError } from '../../core/errors.ts'

/** A cue as a file has it, with its times in whole ms. */
export type TimedText = {
  readonly start: number
  readonly end: number
  readonly text: string
}

/** A stretch of a presentation, and what is shown in it. */
export type CueSegment = {
  /** Its place among all, from 0. */
  readonly index: number
  readonly start: number
  readonly durationMs: number
  /** In order of their starts; each whole, also where it is cut. */
  readonly cues: readonly TimedText[]
}

/** More at once is no silence, but a wrong time. */
const maxSegments = 100_000

/**
 * Cuts cues into segments of one length. A cue is in every segment that it is
 * shown in; one that comes after its segment was given is in the next.
 */
export class CueSegments {
  readonly #segmentMs: number
  #index = 0
  #cues: TimedText[] = []
  #end = 0

  constructor(segmentMs: number) {
    this.#segmentMs = segmentMs
  }

  /** Where the first segment ends that was not given yet. */
  get nextEnd(): number {
    return (this.#index + 1) * this.#segmentMs
  }

  /** Takes cues; their starts never go back. */
  add(cues: readonly TimedText[]): void {
    for (const cue of cues) {
      this.#cues.push(cue)
      this.#end = Math.max(this.#end, cue.end)
    }
  }

  /**
   * The segments that end at a time or before; its cues have all come.
   *
   * @throws FormatError where that is an absurd number.
   */
  until(time: number): CueSegment[] {
    const count = Math.floor(time / this.#segmentMs) - this.#index
    if (count > maxSegments)
      throw new FormatError(
        `captions go from ${this.#index * this.#segmentMs} ms to ${time} ms at once, ` +
          'and HLS has a file for each segment in between; check the times',
      )
    const segments: CueSegment[] = []
    for (let left = count; left > 0; left--)
      segments.push(this.#next(this.#segmentMs))
    return segments
  }

  /**
   * The rest of a source of so many ms, or more where cues last longer. The
   * last segment may be short.
   */
  end(durationMs: number): CueSegment[] {
    const end = Math.ceil(Math.max(durationMs, this.#end))
    const segments = this.until(end)
    const rest = end - this.#index * this.#segmentMs
    if (rest > 0) segments.push(this.#next(rest))
    // What came too late for all of them.
    else if (this.#cues.length > 0) segments.push(this.#next(this.#segmentMs))
    return segments
  }

  #next(durationMs: number): CueSegment {
    const index = this.#index++
    const start = index * this.#segmentMs
    const end = start + durationMs
    const cues = this.#cues.filter(cue => cue.start < end)
    this.#cues = this.#cues.filter(cue => cue.end > end)
    return { index, start, durationMs, cues }
  }
}
