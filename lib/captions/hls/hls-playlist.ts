/** Kinds of playlists: see the option `playlist`. */
export const hlsPlaylistKinds = ['vod', 'event', 'live'] as const

/** One of {@link hlsPlaylistKinds}. */
export type HlsPlaylistKind = (typeof hlsPlaylistKinds)[number]

/** Builds the media playlist of RFC 8216, section 4. */
export class HlsPlaylist {
  readonly #kind: HlsPlaylistKind
  readonly #segmentMs: number
  readonly #window: number
  #entries: string[] = []
  #removed = 0

  /**
   * @param segmentMs length of the longest segment
   * @param window number of segments in a `live` one
   */
  constructor(kind: HlsPlaylistKind, segmentMs: number, window: number) {
    this.#kind = kind
    this.#segmentMs = segmentMs
    this.#window = window
  }

  /** Adds a segment, whose file is in the same folder. */
  add(file: string, durationMs: number): void {
    const seconds = (durationMs / 1000).toFixed(3)
    this.#entries.push(`#EXTINF:${seconds},\n${encodeURIComponent(file)}\n`)
    if (this.#kind !== 'live' || this.#entries.length <= this.#window) return
    this.#entries.shift()
    this.#removed++
  }

  /** Returns the current playlist. */
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
