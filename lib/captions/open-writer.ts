import type { TranscriptEvent } from '../core/transcript-event.ts'
import { formatOf } from './formats/caption-formats.ts'
import type { CaptionSettings } from './caption-options.ts'
import type { CueFormat, EventFormat } from './formats/caption-writer.ts'
import { checkInput } from './cues/check-input.ts'
import type { Cue } from './cues/cue.ts'
import { inputCues, finalOf } from './cues/input-cues.ts'

/** What captions are made of: events of a transcriber, or cues that were read. */
export type CaptionInput = TranscriptEvent | Cue

/** Writes one file; each call returns text to append, often empty. */
export interface InputWriter {
  /** What the file starts with. */
  begin(): string
  /** What an event or a cue adds; throws a FormatError if it is neither. */
  write(input: unknown): string
  /** What the file ends with. */
  end(): string
}

const eventWriter = (format: EventFormat): InputWriter => {
  const writer = format.open()
  let cues = 0
  return {
    begin: () => writer.begin(),
    write(value) {
      const input = checkInput(value)
      const isCue = 'lines' in input
      return writer.event(isCue ? finalOf(input, `cue-${++cues}`) : input)
    },
    end: () => writer.end(),
  }
}

const cueWriter = (
  format: CueFormat,
  settings: CaptionSettings,
): InputWriter => {
  const cues = inputCues(settings, format.prepare)
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

/** Writes one transcript in the format and by the profile of some settings. */
export const openWriter = (settings: CaptionSettings): InputWriter => {
  const format = formatOf(settings.format)
  return 'open' in format ? eventWriter(format) : cueWriter(format, settings)
}
