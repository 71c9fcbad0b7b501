/** What becomes of a playlist: see the option of the same name. */
export const hlsPlaylistKinds = ['vod', 'event', 'live'] as const

/** One of {@link hlsPlaylistKinds}. */
export type HlsPlaylistKind = (typeof hlsPlaylistKinds)[number]

/** The media playlist of RFC 8216, section 4, as segments are added to it. */
export class HlsPlaylist {
  readonly #kind: HlsPlaylistKind
  readonly #segmentMs: number
  readonly #window: number
  #entries: string[] = []
  #gone = 0

  /**
   * @param segmentMs length of the longest segment
   * @param window how many segments a `live` one has
   */
  constructor(kind: HlsPlaylistKind, segmentMs: number, window: number) {
    this.#kind = kind
    this.#segmentMs = segmentMs
    this.#window = window
  }

  /** Adds the segment of a file beside it. */
  add(file: string, durationMs: number): void {
    const seconds = (durationMs / 1000).toFixed(3)
    this.#entries.push(`#EXTINF:${seconds},\n${encodeURIComponent(file)}\n`)
    if (this.#kind !== 'live' || this.#entries.length <= this.#window) return
    this.#entries.shift()
    this.#gone++
  }

  /** Its text as of now; nothing comes after what has ended. */
  text(ended: boolean): string {
    const target = Math.max(1, Math.round(this.#segmentMs / 1000))
    return [
      '#EXTM3U\n#EXT-X-VERSION:3\n',
      `#EXT-X-TARGETDURATION:${target}\n`,
      `#EXT-X-MEDIA-SEQUENCE:${this.#gone}\n`,
      this.#kind === 'live'
        ? ''
        : `#EXT-X-PLAYLIST-TYPE:${this.#kind.toUpperCase()}\n`,
      ...this.#entries,
      ended ? '#EXT-X-ENDLIST\n' : '',
    ].join('')
  }
}
