import { systemClock, type Clock } from '../../core/clock.ts'
import { OptionError } from '../../core/errors.ts'
import { checkInteger, checkOneOf } from '../../core/options.ts'
import { Stage, type TransformCallback } from '../../core/stage.ts'
import { timecode } from '../../core/timecode.ts'
import {
  resolveCaptionOptions,
  type CaptionOptions,
} from '../caption-options.ts'
import type { CaptionInput } from '../cues/check-input.ts'
import { cueBuilder, type CueBuilder } from '../cues/cue-maker.ts'
import type { Cue } from '../cues/cue.ts'
import type { CueWriter } from '../formats/caption-writer.ts'
import { vtt } from '../formats/vtt.ts'
import {
  hlsPlaylistKinds,
  type HlsPlaylistKind,
  HlsPlaylist,
  CueSegmenter,
  LiveCaptionClock,
  type CueSegment,
} from './hls-segments.ts'

/** MPEG timestamps have 33 bits. */
const mpegtsWrap = 2 ** 33

const ticksPerMs = 90

/**
 * Returns the header that maps a WebVTT time to an MPEG timestamp (RFC 8216,
 * section 3.5): time 0 or, once timestamps have wrapped (after 26.5 hours), the
 * segment's start, as the RFC's successor requires.
 * @param mpegts timestamp of time 0
 * @param start start of the segment in ms
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
   * Prefix of file names: `captions-00001.vtt`, `captions.m3u8`. @default
   * 'captions'
   */
  readonly name?: string
  /**
   * Length of a segment in ms, preferably that of the video's segments.
   * @default 6000
   */
  readonly segmentMs?: number
  /**
   * MPEG timestamp, in ticks of 90 kHz, of the source's start. ffmpeg starts
   * transport streams at 126000 by default; fMP4 begins at 0.
   * @default 900000
   */
  readonly mpegts?: number
  /**
   * `vod`: one playlist, at the end. `event`: one after each segment, with all
   * segments. `live`: one after each segment, with the last `window` segments.
   * @default 'event' with `live`, else 'vod'
   */
  readonly playlist?: HlsPlaylistKind
  /** Number of segments in a `live` playlist. @default 5 */
  readonly window?: number
  /**
   * Whether the source is live, so that a segment is due when its time is over,
   * even without captions. Otherwise its time is over when a later caption
   * starts or the input ends.
   * @default false
   */
  readonly live?: boolean
  /**
   * How long a `live` segment waits for captions after its end, in ms.
   * @default 2000
   */
  readonly delayMs?: number
  /** Destroys the stream when aborted. */
  readonly signal?: AbortSignal
}

const refuseUnless = (option: string, value: unknown, other: string): void => {
  if (value !== undefined) throw new OptionError(option, `is for ${other}`)
}

/** @throws OptionError if an option is invalid */
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
  if (playlist !== 'live') refuseUnless('window', window, "playlist: 'live'")
  checkInteger('window', window ?? 5, 3, 100_000)
  if (!live) refuseUnless('delayMs', delayMs, 'live: true')
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

/** A segment, or the current playlist. */
export type HlsFile = {
  /** File name, without a folder. */
  readonly name: string
  /** Whole content of the file. */
  readonly text: string
}

/** Interval in ms of checks whether a pending cue is complete. */
const pollMs = 100

type HlsInternals = { readonly clock?: Clock }

/**
 * Turns {@link TranscriptEvent}s or {@link Cue}s into the files of an HLS
 * subtitle rendition: WebVTT segments as soon as they are complete, each
 * followed by the media playlist (RFC 8216, sections 3.5 and 4). {@link
 * HlsFolder} writes them.
 *
 * All segments but the last have the same length, and each has a file, even
 * without captions. A cue is in every segment that it overlaps, with its whole
 * time.
 *
 * With `live`, the source's time follows the clock from the last time (`at`) of
 * an event, and a segment is due `delayMs` after its end. During a turn it
 * waits for captions made of finals, up to 20 s after the turn's start. A later
 * cue is in the next segment, with its own times: players that hold back three
 * segments, as the standard recommends, still show it in time.
 *
 * @throws OptionError if an option is invalid. Invalid input ends the stream
 * with a FormatError.
 */
export class HlsCaptions extends Stage<CaptionInput, HlsFile> {
  readonly #settings: ReturnType<typeof resolveHlsOptions>
  readonly #cues: CueBuilder
  readonly #writer: CueWriter
  readonly #segments: CueSegmenter
  readonly #playlist: HlsPlaylist
  readonly #liveClock: LiveCaptionClock | undefined
  readonly #clock: Clock
  #cancelTimer: (() => void) | undefined
  #count = 0
  #lastStart = 0
  #durationMs = 0

  constructor(options?: HlsCaptionsOptions)
  /** @internal */
  constructor(options?: HlsCaptionsOptions, internals?: HlsInternals)
  constructor(
    options: HlsCaptionsOptions = {},
    { clock = systemClock }: HlsInternals = {},
  ) {
    const settings = resolveHlsOptions(options)
    const { segmentMs, playlist, profile, signal } = settings
    super({ objectMode: true, signal })
    this.#settings = settings
    this.#cues = cueBuilder(settings, vtt.prepare)
    this.#writer = vtt.openCues(profile)
    this.#segments = new CueSegmenter(segmentMs)
    this.#playlist = new HlsPlaylist(playlist, segmentMs, settings.window)
    if (settings.live)
      this.#liveClock = new LiveCaptionClock(
        settings.delayMs,
        profile.mode === 'roll-up',
      )
    this.#clock = clock
  }

  override _transform(
    input: unknown,
    _: string,
    done: TransformCallback,
  ): void {
    this.#add(this.#cues.write(input))
    const event = input as CaptionInput // cueBuilder() has checked it
    if ('type' in event && event.type === 'end')
      this.#durationMs = event.duration
    this.#liveClock?.add(event, this.#clock.now())
    this.#pushComplete()
    done()
  }

  override _flush(done: TransformCallback): void {
    this.#cancelTimer?.()
    this.#add(this.#cues.end())
    const files = this.#filesOf(this.#segments.end(this.#durationMs))
    files.push(this.#playlistFile(true))
    for (const file of files) this.push(file)
    done()
  }

  override _destroy(
    error: Error | null,
    done: (error?: Error | null) => void,
  ): void {
    this.#cancelTimer?.()
    done(error)
  }

  #add(cues: readonly Cue[]): void {
    const texts = cues.map(cue => ({
      start: cue.start,
      end: cue.end,
      text: this.#writer.cue(cue, ++this.#count),
    }))
    this.#segments.add(texts)
    this.#lastStart = Math.max(this.#lastStart, texts.at(-1)?.start ?? 0)
  }

  /** Pushes the files of complete segments, and a playlist. */
  #pushComplete(): void {
    const files = this.#filesOf(this.#segments.until(this.#completeUntil()))
    if (files.length > 0 && this.#settings.playlist !== 'vod')
      files.push(this.#playlistFile(false))
    for (const file of files) this.push(file)
    this.#schedule()
  }

  #completeUntil(): number {
    if (!this.#liveClock) return this.#lastStart
    const quiet = this.#liveClock.completeUntil(this.#clock.now())
    this.#add(this.#cues.passed(quiet))
    return Math.min(Math.max(this.#lastStart, quiet), this.#cues.earliest)
  }

  /** Writes the next segment in time, even without input. */
  #schedule(): void {
    this.#cancelTimer?.()
    if (!this.#liveClock || this.destroyed) return
    const { nextEnd } = this.#segments
    const wait = this.#liveClock.msUntilComplete(nextEnd, this.#clock.now())
    // If its time is over, it waits for a pending cue.
    this.#cancelTimer = this.#clock.after(
      wait > 0 ? Math.max(1, wait) : pollMs,
      () => this.#pushComplete(),
    )
  }

  #filesOf(segments: readonly CueSegment[]): HlsFile[] {
    return segments.map(({ index, start, durationMs, cues }) => {
      const number = String(index + 1).padStart(5, '0')
      const name = `${this.#settings.name}-${number}.vtt`
      this.#playlist.add(name, durationMs)
      const map = timestampMap(this.#settings.mpegts, start)
      const begin = this.#writer.begin()
      const header = begin.replace('WEBVTT\n', `WEBVTT\n${map}\n`)
      const text = cues.map(cue => cue.text).join('')
      return { name, text: header + text + this.#writer.end() }
    })
  }

  #playlistFile(ended: boolean): HlsFile {
    return {
      name: `${this.#settings.name}.m3u8`,
      text: this.#playlist.text(ended),
    }
  }
}
