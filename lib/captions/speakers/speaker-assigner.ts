import { checkSignal } from '../../core/options.ts'
import { Stage, type TransformCallback } from '../../core/stage.ts'
import type { TranscriptEvent } from '../../core/transcript-event.ts'
import { SpeakerLabels, type AssignSpeakersOptions } from './assign-speakers.ts'
import { checkEvent } from '../cues/check-input.ts'
import type { SpeakerTurn } from '../../core/speaker-turn.ts'

/** Options of {@link SpeakerAssigner}. */
export type SpeakerAssignerOptions = AssignSpeakersOptions & {
  /** Who speaks when, as {@link readRttm} gives it. */
  readonly turns: readonly SpeakerTurn[]
  /** Destroys the stream when aborted. */
  readonly signal?: AbortSignal
}

const resolve = ({ turns, signal, ...options }: SpeakerAssignerOptions) => {
  checkSignal(signal)
  return { labels: new SpeakerLabels(turns, options), signal }
}

/**
 * Says of each word of a transcript who speaks it, as {@link assignSpeakers}
 * does, between a transcriber and what writes its captions. Deltas of a turn
 * wait for its final; all else passes at once.
 *
 * @throws OptionError if an option cannot be used. Something that is no
 * transcript event ends the stream with a FormatError.
 */
export class SpeakerAssigner extends Stage<TranscriptEvent, TranscriptEvent> {
  readonly #labels: SpeakerLabels

  constructor(options: SpeakerAssignerOptions) {
    const { labels, signal } = resolve(options)
    super({ objectMode: true, ...(signal && { signal }) })
    this.#labels = labels
  }

  override _transform(
    input: unknown,
    _: string,
    done: TransformCallback,
  ): void {
    let events: TranscriptEvent[]
    try {
      events = this.#labels.event(checkEvent(input))
    } catch (error) {
      return done(error as Error)
    }
    for (const event of events) this.push(event)
    done()
  }

  override _flush(done: TransformCallback): void {
    for (const event of this.#labels.end()) this.push(event)
    done()
  }
}
