import type { EventFormat } from './caption-writer.ts'
import { cleanText } from './clean-text.ts'
import { clockRange } from './timecode.ts'

/**
 * Plain text: one line a final, `[inaudible 00:12:03-00:12:09]` for a gap.
 * Line breaks within a final become spaces; a final without text has no line.
 */
export const txt: EventFormat = {
  extension: 'txt',
  open: () => ({
    begin: () => '',
    event(event) {
      if (event.type === 'gap')
        return `[inaudible ${clockRange(event.start, event.end)}]\n`
      if (event.type !== 'final') return ''
      const text = cleanText(event.text)
      return text && `${text}\n`
    },
    end: () => '',
  }),
}
