import type { EventFormat } from './caption-writer.ts'
import { cleanText } from './clean-text.ts'
import { Paragraphs } from './paragraphs.ts'
import { clockRange } from './timecode.ts'

/**
 * Plain text: one line a final, `[inaudible 00:12:03-00:12:09]` for a gap. A
 * blank line stands where the speaker changes, with `Ann: ` before what is said
 * then, and where nothing is said for 2 s. Line breaks within a final become
 * spaces; a final without text has no line.
 */
export const txt: EventFormat = {
  extension: 'txt',
  open() {
    const paragraphs = new Paragraphs()
    return {
      begin: () => '',
      event(event) {
        if (event.type === 'gap') {
          paragraphs.line()
          return `[inaudible ${clockRange(event.start, event.end)}]\n`
        }
        if (event.type !== 'final') return ''
        const text = cleanText(event.text)
        if (text === '') return ''
        const { before, changes } = paragraphs.place(event)
        const name = changes ? cleanText(event.speaker ?? '') : ''
        return `${before}${name && `${name}: `}${text}\n`
      },
      end: () => '',
    }
  },
}
