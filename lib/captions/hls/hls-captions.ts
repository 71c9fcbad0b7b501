import { systemClock, type Clock } from '../../core/clock.ts'
import { Stage, type TransformCallback } from '../../core/stage.ts'
import type { Cue } from '../cues/cue.ts'
import { inputCues, type InputCues } from '../cues/input-cues.ts'
import type { CueWriter } from '../formats/caption-writer.ts'
import { vtt } from '../formats/vtt.ts'
import type { CaptionInput } from '../open-writer.ts'
import { CueSegments, type CueSegment } from './cue-segments.ts'
import {
  resolveHlsOptions,
  type HlsCaptionsOptions,
  timestampMap,
} from './hls-options.ts'
import { HlsPlaylist, type HlsPlaylistKind } from './hls-playlist.ts'

/** How long after its start a turn is waited for at most, in ms. */
export const patienceMs = 20_000

/**
 * Where a live source is, and up to where its captions have all come. What is
 * heard tells the source's time, and the clock goes on from there; so a late
 * start, a stall or a sound card that runs slow moves it once, and not for ever.
 * Times of the source are in ms, `now` is the clock's.
 */
export class LiveTime {
  readonly #delayMs: number
  readonly #rollsUp: boolean
  /** What the source's time is ahead of the clock's. */
  #ahead = Number.NaN
  /** Starts of the turns whose captions are still to come. */
  readonly #turns = new Map<string, number>()

  /**
   * @param delayMs how long captions are behind the source
   * @param rollsUp whether they are made of deltas, where there are any
   */
  constructor(delayMs: number, rollsUp: boolean) {
    this.#delayMs = delayMs
    this.#rollsUp = rollsUp
  }

  /** Takes what has come. */
  hear(input: CaptionInput, now: number): void {
    if (Number.isNaN(this.#ahead)) this.#ahead = -now
    if ('lines' in input) return
    if ('at' in input && input.at !== undefined) this.#ahead = input.at - now
    if (input.type === 'speech-start') this.#turns.set(input.turn, input.at)
    if (input.type === 'final' || (this.#rollsUp && input.type === 'delta'))
      this.#turns.delete(input.turn)
  }

  /** Up to which time no caption is expected any more. */
  quietUntil(now: number): number {
    const at = this.#ahead + now
    for (const [turn, start] of this.#turns)
      if (at >= start + patienceMs) this.#turns.delete(turn)
    return Math.min(at - this.#delayMs, ...this.#turns.values())
  }

  /** How long it takes until {@link quietUntil} is at a time, in silence. */
  waitFor(time: number, now: number): number {
    const at = this.#ahead + now
    const before = [...this.#turns.values()].filter(start => start < time)
    const ready = before.map(start => start + patienceMs)
    return Math.max(time + this.#delayMs, ...ready) - at
  }
}

/** A file of a presentation: a segment, or its playlist as of now. */
export type HlsFile = { readonly name: string; readonly text: string }

/** How often it is looked whether a cue has settled, in ms. */
const pollMs = 100

/** What tests set. */
type HlsInternals = { readonly clock?: Clock }

/**
 * Turns {@link TranscriptEvent}s, or {@link Cue}s, into the files of an HLS
 * subtitle rendition: WebVTT segments, each as soon as it is complete, and the
 * media playlist after them (RFC 8216, sections 3.5 and 4). {@link HlsFolder}
 * writes them.
 *
 * Segments have one length, but for the last, and every one has a file, be there
 * captions or not. A cue that is shown in several is in each, with its whole
 * time.
 *
 * With `live` the source's time goes on with the clock from what events last
 * said of it (`at`), and a segment is due `delayMs` after its end; captions made
 * of finals are waited for while their turn is spoken, for 20 s after its start
 * at most. A cue that comes later than that is in the next segment, with its own
 * times: players that hold back three segments, as the standard asks them to,
 * still show it in time.
 *
 * @throws OptionError if an option cannot be used. Something that is no
 * transcript event and no cue ends the stream with a FormatError.
 */
export class HlsCaptions extends Stage<CaptionInput, HlsFile> {
  readonly #name: string
  readonly #mpegts: number
  readonly #kind: HlsPlaylistKind
  readonly #cues: InputCues
  readonly #writer: CueWriter
  readonly #segments: CueSegments
  readonly #playlist: HlsPlaylist
  readonly #time: LiveTime | undefined
  readonly #clock: Clock
  #takeBack: (() => void) | undefined
  #count = 0
  /** Where the last cue starts: none comes before it any more. */
  #settled = 0
  #durationMs = 0

  constructor(
    options: HlsCaptionsOptions = {},
    { clock = systemClock }: HlsInternals = {},
  ) {
    const settings = resolveHlsOptions(options)
    const { segmentMs, playlist, profile, signal } = settings
    super({ objectMode: true, ...(signal && { signal }) })
    this.#name = settings.name
    this.#mpegts = settings.mpegts
    this.#kind = playlist
    this.#cues = inputCues(settings, vtt.prepare)
    this.#writer = vtt.openCues(profile)
    this.#segments = new CueSegments(segmentMs)
    this.#playlist = new HlsPlaylist(playlist, segmentMs, settings.window)
    if (settings.live)
      this.#time = new LiveTime(settings.delayMs, profile.mode === 'roll-up')
    this.#clock = clock
  }

  override _transform(
    input: unknown,
    _: string,
    done: TransformCallback,
  ): void {
    let files: HlsFile[]
    try {
      this.#add(this.#cues.write(input))
      const event = input as CaptionInput // it was not refused
      if ('type' in event && event.type === 'end')
        this.#durationMs = event.duration
      this.#time?.hear(event, this.#clock.now())
      files = this.#due()
    } catch (error) {
      return done(error as Error)
    }
    for (const file of files) this.push(file)
    this.#wait()
    done()
  }

  override _flush(done: TransformCallback): void {
    this.#takeBack?.()
    let files: HlsFile[]
    try {
      this.#add(this.#cues.end())
      files = this.#filesOf(this.#segments.end(this.#durationMs))
      files.push(this.#playlistFile(true))
    } catch (error) {
      return done(error as Error)
    }
    for (const file of files) this.push(file)
    done()
  }

  override _destroy(
    error: Error | null,
    done: (error?: Error | null) => void,
  ): void {
    this.#takeBack?.()
    done(error)
  }

  #add(cues: readonly Cue[]): void {
    const texts = cues.map(cue => ({
      start: cue.start,
      end: cue.end,
      text: this.#writer.cue(cue, ++this.#count),
    }))
    this.#segments.add(texts)
    this.#settled = Math.max(this.#settled, texts.at(-1)?.start ?? 0)
  }

  /** The files of what is complete, with a playlist that has them. */
  #due(): HlsFile[] {
    const files = this.#filesOf(this.#segments.until(this.#complete()))
    if (files.length > 0 && this.#kind !== 'vod')
      files.push(this.#playlistFile(false))
    return files
  }

  /** Up to when all cues have come. */
  #complete(): number {
    if (!this.#time) return this.#settled
    const quiet = this.#time.quietUntil(this.#clock.now())
    this.#add(this.#cues.passed(quiet))
    return Math.min(Math.max(this.#settled, quiet), this.#cues.earliest)
  }

  /** In silence a segment is due all the same. */
  #wait(): void {
    this.#takeBack?.()
    if (!this.#time || this.destroyed) return
    const { nextEnd } = this.#segments
    const wait = this.#time.waitFor(nextEnd, this.#clock.now())
    // Over already: a cue waits that is to be in it.
    this.#takeBack = this.#clock.after(
      wait > 0 ? Math.max(1, wait) : pollMs,
      () => {
        for (const file of this.#due()) this.push(file)
        this.#wait()
      },
    )
  }

  #filesOf(segments: readonly CueSegment[]): HlsFile[] {
    return segments.map(({ index, start, durationMs, cues }) => {
      const number = String(index + 1).padStart(5, '0')
      const name = `${this.#name}-${number}.vtt`
      this.#playlist.add(name, durationMs)
      const map = timestampMap(this.#mpegts, start)
      const begin = this.#writer.begin()
      const header = begin.replace('WEBVTT\n', `WEBVTT\n${map}\n`)
      const text = cues.map(cue => cue.text).join('')
      return { name, text: header + text + this.#writer.end() }
    })
  }

  #playlistFile(ended: boolean): HlsFile {
    return { name: `${this.#name}.m3u8`, text: this.#playlist.text(ended) }
  }
}
