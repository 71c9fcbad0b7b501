import { FormatError } from '../../core/errors.ts'
import type { CaptionInput } from '../cues/check-input.ts'

export type FormattedCue = {
  readonly start: number
  readonly end: number
  readonly text: string
}

export type CueSegment = {
  /** Counts from 0. */
  readonly index: number
  readonly start: number
  readonly durationMs: number
  /** In order of their starts; overlapping cues are not cut. */
  readonly cues: readonly FormattedCue[]
}

/** More indicate a wrong time, not silence. */
const maxSegments = 100_000

/**
 * Divides cues into segments of equal length. A cue is in every segment that it
 * overlaps; one that is too late for its segment is in the next.
 */
export class CueSegmenter {
  readonly #segmentMs: number
  #index = 0
  #cues: FormattedCue[] = []
  #end = 0

  constructor(segmentMs: number) {
    this.#segmentMs = segmentMs
  }

  get nextEnd(): number {
    return (this.#index + 1) * this.#segmentMs
  }

  /** Adds cues; their starts never go back. */
  add(cues: readonly FormattedCue[]): void {
    for (const cue of cues) {
      this.#cues.push(cue)
      this.#end = Math.max(this.#end, cue.end)
    }
  }

  /**
   * Returns the segments until a time at which all cues are known.
   * @throws FormatError if they are too many
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
   * Returns the remaining segments; the last one may be short, and the last
   * cues may end after `durationMs`.
   */
  end(durationMs: number): CueSegment[] {
    const end = Math.ceil(Math.max(durationMs, this.#end))
    const segments = this.until(end)
    const rest = end - this.#index * this.#segmentMs
    if (rest > 0) segments.push(this.#next(rest))
    // Cues that were too late for all segments.
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

/** Longest wait for a turn's captions since its start, in ms. */
export const maxTurnWaitMs = 20_000

/**
 * Determines the time of a live source in ms, and until when its captions are
 * complete. Times of events correct the clock, so late starts, stalls and slow
 * sound cards have no lasting effect. `now` is the clock's time.
 */
export class LiveCaptionClock {
  readonly #delayMs: number
  readonly #rollsUp: boolean
  /** Source's time minus the clock's. */
  #ahead = Number.NaN
  readonly #turns = new Map<string, number>()

  /** @param rollsUp whether captions are made of deltas */
  constructor(delayMs: number, rollsUp: boolean) {
    this.#delayMs = delayMs
    this.#rollsUp = rollsUp
  }

  add(input: CaptionInput, now: number): void {
    if (Number.isNaN(this.#ahead)) this.#ahead = -now
    if ('lines' in input) return
    if ('at' in input && input.at !== undefined) this.#ahead = input.at - now
    if (input.type === 'speech-start') this.#turns.set(input.turn, input.at)
    if (input.type === 'final' || (this.#rollsUp && input.type === 'delta'))
      this.#turns.delete(input.turn)
  }

  /** Returns the time before which all captions are known. */
  completeUntil(now: number): number {
    const at = this.#ahead + now
    for (const [turn, start] of this.#turns)
      if (at >= start + maxTurnWaitMs) this.#turns.delete(turn)
    return Math.min(at - this.#delayMs, ...this.#turns.values())
  }

  /**
   * Returns when {@link completeUntil} reaches a time in silence, in ms from
   * now.
   */
  msUntilComplete(time: number, now: number): number {
    const at = this.#ahead + now
    const before = [...this.#turns.values()].filter(start => start < time)
    const ready = before.map(start => start + maxTurnWaitMs)
    return Math.max(time + this.#delayMs, ...ready) - at
  }
}

/** Kinds of playlists: see {@link HlsCaptionsOptions}. */
export type HlsPlaylistKind = 'vod' | 'event' | 'live'

export const hlsPlaylistKinds: readonly HlsPlaylistKind[] = [
  'vod',
  'event',
  'live',
]

export class HlsPlaylist {
  readonly #kind: HlsPlaylistKind
  readonly #segmentMs: number
  readonly #window: number
  #entries: string[] = []
  #removed = 0

  /** @param window number of segments in a `live` playlist */
  constructor(kind: HlsPlaylistKind, segmentMs: number, window: number) {
    this.#kind = kind
    this.#segmentMs = segmentMs
    this.#window = window
  }

  add(file: string, durationMs: number): void {
    const seconds = (durationMs / 1000).toFixed(3)
    this.#entries.push(`#EXTINF:${seconds},\n${encodeURIComponent(file)}\n`)
    if (this.#kind !== 'live' || this.#entries.length <= this.#window) return
    this.#entries.shift()
    this.#removed++
  }

  text(ended: boolean): string {
    const target = Math.max(1, Math.round(this.#segmentMs / 1000))
    return [
      '#EXTM3U\n#EXT-X-VERSION:3\n',
      `#EXT-X-TARGETDURATION:${target}\n`,
      `#EXT-X-MEDIA-SEQUENCE:${this.#removed}\n`,
      this.#kind === 'live'
        ? ''
        : `#EXT-X-PLAYLIST-TYPE:${this.#kind.toUpperCase()}\n`,
      ...this.#entries,
      ended ? '#EXT-X-ENDLIST\n' : '',
    ].join('')
  }
}
