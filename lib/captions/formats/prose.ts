import type { FinalEvent } from '../../core/transcript-event.ts'
import { cleanText } from '../cues/clean-text.ts'
import type { EventFormat } from './caption-writer.ts'
import { clockRange } from './timecode.ts'

/** Silence in ms after which a paragraph begins. */
const pauseMs = 2000

/** Where a final stands in a text of lines. */
type Place = {
  /** A blank line where one is needed. */
  readonly before: '' | '\n'
  /** Whether it begins a paragraph. */
  readonly begins: boolean
  /** Whether another speaks than before; nobody known is another, too. */
  readonly changes: boolean
}

/**
 * Divides finals into paragraphs: one begins where the speaker changes, and
 * after 2 s or more without a transcript.
 */
class Paragraphs {
  #speaker: string | undefined
  #end: number | undefined
  #written = false

  /** Where the next final stands. */
  place({ start, end, speaker }: FinalEvent): Place {
    const changes = speaker !== this.#speaker
    const begins =
      changes || this.#end === undefined || start - this.#end >= pauseMs
    const before = begins && this.#written ? '\n' : ''
    this.#speaker = speaker
    this.#end = Math.max(end, this.#end ?? 0)
    this.#written = true
    return { before, begins, changes }
  }

  /** Tells that there is a line that is no final. */
  line(): void {
    this.#written = true
  }
}

/** How the lines of a text of paragraphs are written. */
type Prose = {
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
