import { MapStage } from '../../core/stage.ts'
import type { FinalEvent } from '../../core/transcript-event.ts'
import {
  type CaptionSettings,
  resolveCaptionOptions,
  type CaptionFormatterOptions,
  type CaptionOptions,
} from '../caption-options.ts'
import { ScreenCues } from '../live/screen-cues.ts'
import { cleanText } from './caption-text.ts'
import { checkInput, type CaptionInput } from './check-input.ts'
import type { Cue, CueSource } from './cue.ts'
import { CueSequencer } from './order-cues.ts'
import { PopOn } from './pop-on.ts'

/**
 * Normalises a cue for all formats: times in whole ms, its end after its start,
 * its lines cleaned by {@link cleanText} and not empty. Returns undefined if
 * there is no text.
 *
 * @param prepare changes the text before
 */
export const cleanCue = (
  cue: Cue,
  prepare: (text: string) => string,
): Cue | undefined => {
  const lines = cue.lines
    .map(line => cleanText(prepare(line)))
    .filter(line => line !== '')
  if (lines.length === 0) return undefined
  const start = Math.round(cue.start)
  const end = Math.max(start + 1, Math.round(cue.end))
  return { ...cue, start, end, lines }
}

export const finalFromCue = (cue: Cue, turn: string): FinalEvent => ({
  type: 'final',
  turn,
  text: cue.lines.join(' '),
  start: cue.start,
  end: cue.end,
  ...(cue.speaker !== undefined && { speaker: cue.speaker }),
  ...(cue.channel !== undefined && { channel: cue.channel }),
})

/** Makes cues of events and cues, in order of their starts. */
export interface CueBuilder extends Omit<CueSource, 'event'> {
  /** Returns completed cues; throws FormatError if the input is invalid. */
  write(input: unknown): Cue[]
}

/**
 * Creates a builder of cues. It keeps input cues unless `reflow` is set.
 *
 * @param prepare changes a text before it is divided into cues
 */
export const cueBuilder = (
  { profile, reflow }: Pick<CaptionSettings, 'profile' | 'reflow'>,
  prepare: (text: string) => string = text => text,
): CueBuilder => {
  const source: CueSource =
    profile.mode === 'roll-up'
      ? new ScreenCues(profile, prepare)
      : new PopOn(profile, prepare)
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

/** Options of {@link makeCues}. */
export type CueOptions = Omit<CaptionOptions, 'format'>

/** Options of {@link CueMaker}. */
export type CueMakerOptions = Omit<CaptionFormatterOptions, 'format'>

/**
 * Makes the cues of a whole transcript; {@link CueMaker} makes the same cues
 * event by event. Input cues are kept unless a profile or a limit is given. A
 * cue that cannot keep a limit lists it in `exceptions`.
 * @throws OptionError if an option is invalid
 * @throws FormatError if the input is invalid
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
 * Makes cues of {@link TranscriptEvent}s or {@link Cue}s, for applications that
 * show or check captions themselves. {@link CaptionFormatter} would write the
 * same cues.
 *
 * @throws OptionError if an option is invalid. Invalid input ends the stream
 * with a FormatError.
 */
export class CueMaker extends MapStage<CaptionInput, Cue> {
  constructor(options: CueMakerOptions = {}) {
    const settings = resolveCaptionOptions(options)
    const cues = cueBuilder(settings)
    super(
      input => cues.write(input),
      () => cues.end(),
      settings.signal,
    )
  }
}
