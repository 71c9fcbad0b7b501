import { Stage, type TransformCallback } from '../core/stage.ts'
import type { TranscriptEvent } from '../core/transcript-event.ts'
import { captionWriters } from './caption-formats.ts'
import {
  resolveCaptionOptions,
  type CaptionFormatterOptions,
} from './caption-options.ts'
import type { CaptionWriter } from './caption-writer.ts'
import { checkEvent } from './check-event.ts'

/**
 * Turns {@link TranscriptEvent}s into captions or a transcript, as UTF-8 bytes.
 * A final's captions are written as soon as it arrives, and nothing of it is
 * kept, but for `json`, which is one object and comes at the end. The header
 * comes with the first event, or at the end where there is none.
 *
 * Whatever a text holds, the output stays valid: control characters are dropped
 * and line breaks become spaces; markup is escaped in `vtt`, replaced by
 * look-alikes in `srt`, and stays in `txt` and `tsv`, where it means nothing;
 * `json` and `jsonl` keep every character, escaped where need be.
 *
 * @throws OptionError if an option cannot be used. Something that is no
 * transcript event ends the stream with a FormatError.
 */
export class CaptionFormatter extends Stage<TranscriptEvent, Buffer> {
  readonly #writer: CaptionWriter
  #begun = false

  constructor(options: CaptionFormatterOptions = {}) {
    const { format, limits, signal } = resolveCaptionOptions(options)
    super({ signal, writableObjectMode: true })
    this.#writer = captionWriters[format](limits)
  }

  #begin(): string {
    if (this.#begun) return ''
    this.#begun = true
    return this.#writer.begin()
  }

  override _transform(
    event: unknown,
    _: string,
    done: TransformCallback,
  ): void {
    let text: string
    try {
      const checked = checkEvent(event)
      text = this.#begin() + this.#writer.event(checked)
    } catch (error) {
      return done(error as Error)
    }
    if (text !== '') this.push(text)
    done()
  }

  override _flush(done: TransformCallback): void {
    let text: string
    try {
      text = this.#begin() + this.#writer.end()
    } catch (error) {
      return done(error as Error)
    }
    if (text !== '') this.push(text)
    done()
  }
}
