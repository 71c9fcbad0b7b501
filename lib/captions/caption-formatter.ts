import { Stage, type TransformCallback } from '../core/stage.ts'
import {
  resolveCaptionOptions,
  type CaptionFormatterOptions,
  type CaptionOptions,
  type CaptionSettings,
} from './caption-options.ts'
import { type CaptionInput, checkInput } from './cues/check-input.ts'
import { cueBuilder, finalFromCue } from './cues/cue-maker.ts'
import type { Cue } from './cues/cue.ts'
import { formatOf } from './formats/caption-formats.ts'
import type {
  CaptionWriter,
  CueFormat,
  EventFormat,
} from './formats/caption-writer.ts'

/**
 * Formats {@link TranscriptEvent}s or {@link Cue}s as captions or a transcript,
 * in UTF-8. The captions of a final are written as soon as it arrives and are
 * not kept; only `json`, a single object, is written at the end. The header
 * precedes the first event, or is written at the end without events.
 *
 * The output is valid for any text: control characters are dropped, and line
 * breaks become spaces. Markup is escaped in `vtt`, `ttml`, `ebuttd` and `md`,
 * replaced by similar characters in `srt`, `ass` and `sbv`, and kept in `txt`
 * and `tsv`, where it has no meaning. `json` and `jsonl` keep every character,
 * escaped if necessary.
 *
 * @throws OptionError if an option is invalid. Invalid input ends the stream
 * with a FormatError.
 */
export class CaptionFormatter extends Stage<CaptionInput, Buffer> {
  readonly #writer: InputWriter
  #begun = false

  constructor(options: CaptionFormatterOptions = {}) {
    const settings = resolveCaptionOptions(options)
    super({ signal: settings.signal, writableObjectMode: true })
    this.#writer = openWriter(settings)
  }

  override _transform(
    input: unknown,
    _: string,
    done: TransformCallback,
  ): void {
    this.#pushText(() => this.#writer.write(input), done)
  }

  override _flush(done: TransformCallback): void {
    this.#pushText(() => this.#writer.end(), done)
  }

  #pushText(write: () => string, done: TransformCallback): void {
    const header = this.#begun ? '' : this.#writer.begin()
    this.#begun = true
    const text = header + write()
    if (text !== '') this.push(text)
    done()
  }
}

/**
 * Formats a whole transcript; {@link CaptionFormatter} writes the same text
 * event by event.
 * @throws OptionError if an option is invalid
 * @throws FormatError if the input is invalid
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

interface InputWriter extends CaptionWriter {
  /** @throws FormatError if the input is no event or cue */
  write(input: unknown): string
}

const eventWriter = (format: EventFormat): InputWriter => {
  const writer = format.open()
  let cues = 0
  return {
    begin: () => writer.begin(),
    write(value) {
      const input = checkInput(value)
      const isCue = 'lines' in input
      return writer.event(isCue ? finalFromCue(input, `cue-${++cues}`) : input)
    },
    end: () => writer.end(),
  }
}

const cueWriter = (
  format: CueFormat,
  settings: CaptionSettings,
): InputWriter => {
  const cues = cueBuilder(settings, format.prepare)
  const writer = format.openCues(settings.profile)
  let index = 0
  const write = (list: readonly Cue[]): string =>
    list.map(cue => writer.cue(cue, ++index)).join('')
  return {
    begin: () => writer.begin(),
    write: input => write(cues.write(input)),
    end: () => write(cues.end()) + writer.end(),
  }
}

const openWriter = (settings: CaptionSettings): InputWriter => {
  const format = formatOf(settings.format)
  return 'open' in format ? eventWriter(format) : cueWriter(format, settings)
}
