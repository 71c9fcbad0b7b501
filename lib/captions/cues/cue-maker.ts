import { Stage, type TransformCallback } from '../../core/stage.ts'
import {
  resolveCaptionOptions,
  type CaptionFormatterOptions,
  type CaptionOptions,
} from '../caption-options.ts'
import type { Cue } from './cue.ts'
import { inputCues, type InputCues } from './input-cues.ts'
import type { CaptionInput } from '../open-writer.ts'

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
  const cues = inputCues(resolveCaptionOptions(options))
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
  readonly #cues: InputCues

  constructor(options: CueMakerOptions = {}) {
    const settings = resolveCaptionOptions(options)
    super({ signal: settings.signal, objectMode: true })
    this.#cues = inputCues(settings)
  }

  override _transform(
    input: unknown,
    _: string,
    done: TransformCallback,
  ): void {
    this.#give(() => this.#cues.write(input), done)
  }

  override _flush(done: TransformCallback): void {
    this.#give(() => this.#cues.end(), done)
  }

  #give(make: () => Cue[], done: TransformCallback): void {
    let cues: Cue[]
    try {
      cues = make()
    } catch (error) {
      return done(error as Error)
    }
    for (const cue of cues) this.push(cue)
    done()
  }
}
