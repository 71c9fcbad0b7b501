import { OptionError } from '../../core/errors.ts'
import { checkInteger, checkOneOf } from '../../core/options.ts'
import {
  resolveCaptionOptions,
  type CaptionOptions,
} from '../caption-options.ts'
import { timecode } from '../formats/timecode.ts'
import { hlsPlaylistKinds, type HlsPlaylistKind } from './hls-playlist.ts'

/** Where the 33 bits of an MPEG timestamp start again from 0. */
const mpegtsWrap = 2 ** 33

/** Ticks of an MPEG timestamp in a millisecond. */
const ticksPerMs = 90

/**
 * The header that says which MPEG timestamp a WebVTT time is: RFC 8216,
 * section 3.5. Time 0 is, until the timestamps have wrapped (after 26.5 hours);
 * from then on it is the segment's start, as the RFC's successor asks for.
 *
 * @param mpegts the timestamp of time 0
 * @param start of the segment, in ms
 */
export const timestampMap = (mpegts: number, start: number): string => {
  const ticks = mpegts + start * ticksPerMs
  const [time, local] =
    ticks < mpegtsWrap ? [mpegts, 0] : [ticks % mpegtsWrap, start]
  return `X-TIMESTAMP-MAP=MPEGTS:${time},LOCAL:${timecode(local, '.')}`
}

/** Options of {@link HlsCaptions}. */
export type HlsCaptionsOptions = Omit<CaptionOptions, 'format'> & {
  /**
   * What the files' names begin with: `captions-00001.vtt`, `captions.m3u8`.
   * @default 'captions'
   */
  readonly name?: string
  /**
   * Length of a segment in ms; best the one of the video's segments.
   * @default 6000
   */
  readonly segmentMs?: number
  /**
   * The MPEG timestamp, in ticks of 90 kHz, at which the source begins. ffmpeg
   * gives a transport stream 126000 where nothing else is asked for; fMP4
   * begins at 0.
   * @default 900000
   */
  readonly mpegts?: number
  /**
   * `vod`: one playlist, at the end. `event`: one after each segment, with all
   * of them. `live`: one after each, with the last `window` of them.
   * @default 'event' with `live`, else 'vod'
   */
  readonly playlist?: HlsPlaylistKind
  /**
   * How many segments a `live` playlist has.
   * @default 5
   */
  readonly window?: number
  /**
   * Whether the source goes on by itself, so that a segment is due when its
   * time is over, be there captions or not. By default its time is over when
   * the next caption starts after it, or all has ended.
   * @default false
   */
  readonly live?: boolean
  /**
   * How long a `live` segment waits for its captions once its time is over, in
   * ms.
   * @default 2000
   */
  readonly delayMs?: number
  /** Destroys the stream when aborted. */
  readonly signal?: AbortSignal
}

const needs = (option: string, value: unknown, other: string): void => {
  if (value !== undefined) throw new OptionError(option, `is for ${other}`)
}

/**
 * Options with their defaults.
 *
 * @throws OptionError if one cannot be used.
 */
export const resolveHlsOptions = ({
  name = 'captions',
  segmentMs = 6000,
  mpegts = 900_000,
  live = false,
  playlist = live ? 'event' : 'vod',
  window,
  delayMs,
  ...captions
}: HlsCaptionsOptions) => {
  if (typeof name !== 'string' || !/^[^/\\\0]{1,200}$/.test(name))
    throw new OptionError('name', 'must be the beginning of a file name')
  checkInteger('segmentMs', segmentMs, 1000, 60_000)
  checkInteger('mpegts', mpegts, 0, mpegtsWrap - 1)
  checkOneOf('playlist', playlist, hlsPlaylistKinds)
  if (playlist !== 'live') needs('window', window, "playlist: 'live'")
  checkInteger('window', window ?? 5, 3, 100_000)
  if (!live) needs('delayMs', delayMs, 'live: true')
  checkInteger('delayMs', delayMs ?? 2000, 0, 60_000)
  return {
    ...resolveCaptionOptions(captions),
    name,
    segmentMs,
    mpegts,
    live,
    playlist,
    window: window ?? 5,
    delayMs: delayMs ?? 2000,
  }
}
