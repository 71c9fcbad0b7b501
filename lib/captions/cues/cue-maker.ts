import { Stage, type TransformCallback } from '../../core/stage.ts'
import type { FinalEvent } from '../../core/transcript-event.ts'
import {
  type CaptionSettings,
  resolveCaptionOptions,
  type CaptionFormatterOptions,
  type CaptionOptions,
} from '../caption-options.ts'
import { rollUp } from '../live/screen-cues.ts'
import type { CaptionProfile } from '../profiles.ts'
import { cleanText } from './caption-text.ts'
import { checkInput, type CaptionInput } from './check-input.ts'
import type { Cue, CueSource } from './cue.ts'
import { CueSequencer } from './order-cues.ts'
import { PopOn } from './pop-on.ts'

/**
 * Normalises a cue for all formats: times in whole ms, its end after its start,
 * its lines {@link cleanText | clean} and not empty.
 *
 * @param prepare changes the text before
 * @returns undefined if there is no text
 */
export const cleanCue = (
  cue: Cue,
  prepare: (text: string) => string = text => text,
): Cue | undefined => {
  const lines = cue.lines
    .map(line => cleanText(prepare(line)))
    .filter(line => line !== '')
  if (lines.length === 0) return undefined
  const start = Math.round(cue.start)
  const end = Math.max(start + 1, Math.round(cue.end))
  return { ...cue, start, end, lines }
}

const textOf = ({ lines }: Cue): string => lines.join(' ')

/** Makes a final of a cue. */
export const finalFromCue = (cue: Cue, turn: string): FinalEvent => ({
  type: 'final',
  turn,
  text: textOf(cue),
  start: cue.start,
  end: cue.end,
  ...(cue.speaker !== undefined && { speaker: cue.speaker }),
  ...(cue.channel !== undefined && { channel: cue.channel }),
})

/** Makes cues of events and cues, in order of their starts. */
export interface CueBuilder {
  /** Returns cues that an input completes; throws FormatError if it is invalid. */
  write(input: unknown): Cue[]
  /** Returns cues that a time completes: see {@link CueSource}. */
  passed(time: number): Cue[]
  /** Start of the first pending cue, or Infinity. */
  readonly earliest: number
  /** Returns the pending cues. */
  end(): Cue[]
}

const cueSourceOf = (
  profile: CaptionProfile,
  prepare?: (text: string) => string,
): CueSource =>
  profile.mode === 'roll-up'
    ? rollUp(profile, prepare)
    : new PopOn(profile, prepare)

/**
 * Creates a builder of cues. Input cues are kept, unless `reflow` is set.
 *
 * @param prepare changes a text before it is divided into cues
 */
export const cueBuilder = (
  { profile, reflow }: Pick<CaptionSettings, 'profile' | 'reflow'>,
  prepare?: (text: string) => string,
): CueBuilder => {
  const source = cueSourceOf(profile, prepare)
  const track = new CueSequencer()
  let cues = 0
  return {
    write(value) {
      const input = checkInput(value)
      if (!('lines' in input)) return source.event(input)
      if (reflow) return source.event(finalFromCue(input, `cue-${++cues}`))
      const cue = cleanCue(input, prepare)
      return cue ? [track.place(cue, cue.channel)] : []
    },
    passed: time => source.passed(time),
    get earliest() {
      return source.earliest
    },
    end: () => source.end(),
  }
}

/** How cues are to be made. */
export type CueOptions = Omit<CaptionOptions, 'format'>

/** Options of {@link CueMaker}. */
export type CueMakerOptions = Omit<CaptionFormatterOptions, 'format'>

/**
 * Makes cues of a whole transcript at once; {@link CueMaker} makes the same as
 * the events come. Cues that come in stay as they are, unless a profile or a
 * limit asks for new ones. A cue that cannot keep a limit of its profile says so
 * in `exceptions`.
 *
 * @throws OptionError if an option cannot be used.
 * @throws FormatError if something is neither an event nor a cue.
 */
export const makeCues = (
  inputs: Iterable<CaptionInput>,
  options: CueOptions = {},
): Cue[] => {
  const cues = cueBuilder(resolveCaptionOptions(options))
  const made = Array.from(inputs, input => cues.write(input))
  return [...made.flat(), ...cues.end()]
}

/**
 * Turns {@link TranscriptEvent}s, or {@link Cue}s that were read, into cues as
 * objects, for what shows or checks captions itself: what
 * {@link CaptionFormatter} would write.
 *
 * @throws OptionError if an option cannot be used. Something that is neither an
 * event nor a cue ends the stream with a FormatError.
 */
export class CueMaker extends Stage<CaptionInput, Cue> {
  readonly #cues: CueBuilder

  constructor(options: CueMakerOptions = {}) {
    const settings = resolveCaptionOptions(options)
    super({ signal: settings.signal, objectMode: true })
    this.#cues = cueBuilder(settings)
  }

  override _transform(
    input: unknown,
    _: string,
    done: TransformCallback,
  ): void {
    for (const cue of this.#cues.write(input)) this.push(cue)
    done()
  }

  override _flush(done: TransformCallback): void {
    for (const cue of this.#cues.end()) this.push(cue)
    done()
  }
}
