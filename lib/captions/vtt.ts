import type { CaptionWriterFactory } from './caption-writer.ts'
import { cueWriter } from './cue-writer.ts'
import { timecode } from './timecode.ts'

/** With `>` escaped no text can hold the arrow of a timing line. */
const escape = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

/**
 * WebVTT: a header, then cues. `&`, `<` and `>` are escaped, lines are never
 * blank, starts never go back and every end is after its start, as the standard
 * asks.
 */
export const vtt: CaptionWriterFactory = limits =>
  cueWriter(
    {
      header: 'WEBVTT\n\n',
      write: ({ start, end, lines }) =>
        `${timecode(start, '.')} --> ${timecode(end, '.')}\n` +
        `${lines.map(escape).join('\n')}\n\n`,
    },
    limits,
  )
