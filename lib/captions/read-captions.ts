import { checkOneOf } from '../core/options.ts'
import type { StageWarning } from '../core/stage.ts'
import {
  CaptionParser,
  readableFormats,
  type ReadableFormat,
} from './caption-parser.ts'
import type { Cue } from './cue.ts'

/** Options of {@link readCaptions}. */
export type ReadCaptionsOptions = {
  /** What the text is. @default what its first lines tell */
  readonly format?: ReadableFormat
  /** Is told what is damaged, with its line. */
  readonly onWarning?: (warning: StageWarning) => void
}

/**
 * Reads the text of a whole SRT or WebVTT file; {@link CaptionReader} gives the
 * same cues as its bytes come.
 *
 * @throws OptionError if an option cannot be used.
 * @throws UnknownFormatError if the text is neither SRT nor WebVTT.
 */
export const readCaptions = (
  text: string,
  { format, onWarning }: ReadCaptionsOptions = {},
): Cue[] => {
  if (format !== undefined) checkOneOf('format', format, readableFormats)
  const cues: Cue[] = []
  const parser = new CaptionParser(format, {
    cue: cue => cues.push(cue),
    warn: message => onWarning?.({ code: 'VOX_CAPTION', message }),
  })
  parser.push(Buffer.from(text))
  parser.end()
  return cues
}
