import type { CueFormat } from './caption-writer.ts'
import { timecode } from './timecode.ts'

/** With `>` escaped no text can hold the arrow of a timing line. */
const escape = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

/**
 * WebVTT: a header, then cues. `&`, `<` and `>` are escaped, lines are never
 * blank, starts never go back and every end is after its start, as the standard
 * asks.
 */
export const vtt: CueFormat = {
  extension: 'vtt',
  openCues: () => ({
    begin: () => 'WEBVTT\n\n',
    cue: ({ start, end, lines }) =>
      `${timecode(start, '.')} --> ${timecode(end, '.')}\n` +
      `${lines.map(escape).join('\n')}\n\n`,
    end: () => '',
  }),
}
