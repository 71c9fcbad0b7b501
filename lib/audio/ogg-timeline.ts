/** Where the PCM of a page belongs. */
export type OggPlace = {
  /** Index of its first frame since the start of the stream. */
  readonly at: number
  /** Frames to drop from its start, and to keep behind those. */
  readonly skip: number
  readonly keep: number
}

/** A jump of the clock without a lost page that is believed, in frames/s. */
const SILENCE_S = 0.1

/**
 * Places the PCM of Ogg pages by their granule positions: cuts off what comes
 * before the start (`preSkip`) and behind the end of the stream, and keeps the
 * place of what comes after lost pages (RFC 7845 4, Vorbis I A.2).
 */
export class OggTimeline {
  readonly #preSkip: number
  readonly #silence: number
  #base: number | undefined
  /** Frames since the base that have been placed, `preSkip` among them. */
  #position = 0
  #doubt = false

  constructor(sampleRate: number, preSkip: number) {
    this.#preSkip = preSkip
    this.#silence = Math.round(sampleRate * SILENCE_S)
  }

  /**
   * @param frames PCM frames of the packets that end in the page
   * @param granule granule position of the page
   * @param lost whether something in this page, or in front, is missing: the
   * next granule position is believed then, and not the count of frames
   */
  place(
    frames: number,
    page: { granule: number | undefined; last: boolean },
    lost: boolean,
  ): OggPlace {
    const { granule, last } = page
    const position = this.#position
    let end = position + frames
    let cut = 0
    this.#doubt ||= lost
    // Pages of headers have a position of 0 that says nothing.
    if (frames === 0) return { at: position, skip: 0, keep: 0 }
    if (granule !== undefined) {
      if (this.#base === undefined) {
        // Of a page that is both first and last it is the end that is cut.
        const early = granule - frames
        this.#base = last ? Math.max(0, early) : this.#doubt ? 0 : early
      }
      const told = granule - this.#base
      if (last && told < end) cut = Math.min(frames, end - told)
      else if (this.#doubt || told - end > this.#silence) end = told
      this.#doubt = false
    }
    const start = end - frames
    this.#position = end
    // A first granule below its number of frames: the excess is no audio.
    const before = this.#preSkip + Math.max(0, -(this.#base ?? 0))
    const passed = Math.max(before, position) - start
    const skip = Math.min(frames, Math.max(0, passed))
    return {
      at: Math.max(0, start + skip - before),
      skip,
      keep: Math.max(0, frames - skip - cut),
    }
  }
}
