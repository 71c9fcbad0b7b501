import type { FinalEvent } from '../core/transcript-event.ts'
import type { EventFormat } from './caption-writer.ts'
import { cleanText } from './clean-text.ts'
import { Paragraphs, type Place } from './paragraphs.ts'
import { clockRange } from './timecode.ts'

/** How the lines of a text of paragraphs are written. */
export type Prose = {
  readonly extension: string
  /** Makes what was said harmless in this format. */
  readonly escape?: (text: string) => string
  /** The line of a final with text, without what goes before and after. */
  readonly line: (
    text: string,
    speaker: string,
    event: FinalEvent,
    place: Place,
  ) => string
}

const asItIs = (text: string): string => text

/**
 * A format of paragraphs: one line a final with text, with a blank line before
 * it where a paragraph begins, and `[inaudible 00:12:03-00:12:09]` for a gap.
 */
export const prose = ({
  extension,
  escape = asItIs,
  line,
}: Prose): EventFormat => ({
  extension,
  open() {
    const paragraphs = new Paragraphs()
    const clean = (text: string): string => escape(cleanText(text))
    return {
      begin: () => '',
      event(event) {
        if (event.type === 'gap') {
          paragraphs.line()
          return `[inaudible ${clockRange(event.start, event.end)}]\n`
        }
        if (event.type !== 'final') return ''
        const text = clean(event.text)
        if (text === '') return ''
        const place = paragraphs.place(event)
        const speaker = clean(event.speaker ?? '')
        return `${place.before}${line(text, speaker, event, place)}\n`
      },
      end: () => '',
    }
  },
})
