import { Stage, type TransformCallback } from '../core/stage.ts'
import {
  resolveCaptionOptions,
  type CaptionFormatterOptions,
  type CaptionOptions,
} from './caption-options.ts'
import {
  openWriter,
  type CaptionInput,
  type InputWriter,
} from './open-writer.ts'

/**
 * Turns {@link TranscriptEvent}s, or {@link Cue}s that were read, into captions
 * or a transcript, as UTF-8 bytes.
 * A final's captions are written as soon as it arrives, and nothing of it is
 * kept, but for `json`, which is one object and comes at the end. The header
 * comes with the first event, or at the end where there is none.
 *
 * Whatever a text holds, the output stays valid: control characters are dropped
 * and line breaks become spaces; markup is escaped in `vtt`, `ttml`, `ebuttd` and
 * `md`, replaced by look-alikes in `srt`, `ass` and `sbv`, and stays in `txt` and
 * `tsv`, where it means nothing; `json` and `jsonl` keep every character, escaped
 * where need be.
 *
 * @throws OptionError if an option cannot be used. Something that is no
 * transcript event ends the stream with a FormatError.
 */
export class CaptionFormatter extends Stage<CaptionInput, Buffer> {
  readonly #writer: InputWriter
  #begun = false

  constructor(options: CaptionFormatterOptions = {}) {
    const settings = resolveCaptionOptions(options)
    super({ signal: settings.signal, writableObjectMode: true })
    this.#writer = openWriter(settings)
  }

  #begin(): string {
    if (this.#begun) return ''
    this.#begun = true
    return this.#writer.begin()
  }

  override _transform(
    input: unknown,
    _: string,
    done: TransformCallback,
  ): void {
    let text: string
    try {
      text = this.#begin() + this.#writer.write(input)
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

/**
 * Formats a whole transcript at once; {@link CaptionFormatter} writes the same
 * text as the events come.
 *
 * @throws OptionError if an option cannot be used.
 * @throws FormatError if something is no transcript event.
 */
export const formatCaptions = (
  events: Iterable<CaptionInput>,
  options: CaptionOptions = {},
): string => {
  const writer = openWriter(resolveCaptionOptions(options))
  const parts = [writer.begin()]
  for (const event of events) parts.push(writer.write(event))
  parts.push(writer.end())
  return parts.join('')
}
