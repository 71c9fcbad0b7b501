import type { EventFormat } from './caption-writer.ts'
import { cleanText } from '../cues/caption-text.ts'

const row = (start: number, end: number, text: string): string =>
  text && `${Math.round(start)}\t${Math.round(end)}\t${text}\n`

/**
 * Tab-separated values as Whisper writes them: a header, then a row per final with
 * its times in whole ms; `[inaudible]` for a gap. Tabs and line breaks in a text
 * become spaces; a final without text has no row.
 */
export const tsv: EventFormat = {
  extension: 'tsv',
  open: () => ({
    begin: () => 'start\tend\ttext\n',
    event(event) {
      if (event.type === 'gap')
        return row(event.start, event.end, '[inaudible]')
      if (event.type !== 'final') return ''
      return row(event.start, event.end, cleanText(event.text))
    },
    end: () => '',
  }),
}
