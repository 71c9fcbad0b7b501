import type { EventFormat } from './caption-writer.ts'
import { cleanText } from './clean-text.ts'
import { Paragraphs } from './paragraphs.ts'
import { clock, clockRange } from './timecode.ts'

/** What may mean something anywhere in a line of Markdown, or in GitHub's. */
const marks = /[\\`*_[\]<>&#|~$]/g

/** What may make a line other than a paragraph's: a list, an underlining. */
const openings = /^(?=[-+=:])|(?<=^\d{1,9})(?=[.)])/

const escape = (text: string): string =>
  text.replace(marks, '\\$&').replace(openings, '\\')

/**
 * Markdown (CommonMark): a paragraph begins with `**Ann** [00:01:02]` where the
 * speaker changes, and where nothing is said for 2 s; without a name where it
 * is not known. One line a final, `[inaudible 00:12:03-00:12:09]` for a gap.
 * What Markdown would take for markup is escaped: shown, it is what was said.
 */
export const md: EventFormat = {
  extension: 'md',
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
        const text = escape(cleanText(event.text))
        if (text === '') return ''
        const { before, begins } = paragraphs.place(event)
        if (!begins) return `${text}\n`
        const name = escape(cleanText(event.speaker ?? ''))
        const label = name && `**${name}** `
        return `${before}${label}[${clock(event.start)}] ${text}\n`
      },
      end: () => '',
    }
  },
}
