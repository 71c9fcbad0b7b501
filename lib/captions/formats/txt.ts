import { clockRange, clock } from '../../core/timecode.ts'
import type { FinalEvent } from '../../core/transcript-event.ts'
import { cleanText } from '../cues/caption-text.ts'
import type { EventFormat } from './caption-writer.ts'

/** Silence in ms after which a paragraph begins. */
const pauseMs = 2000

type LinePlace = { readonly begins: boolean; readonly changes: boolean }

type ProseFormat = {
  readonly extension: string
  readonly escape?: (text: string) => string
  readonly line: (
    text: string,
    speaker: string,
    event: FinalEvent,
    place: LinePlace,
  ) => string
}

/**
 * Creates a format of paragraphs: one line per final, and `[inaudible
 * 00:12:03-00:12:09]` for a gap. A paragraph begins, after a blank line, when
 * the speaker changes (also to an unknown one), and after 2 s of silence.
 */
const prose = ({
  extension,
  escape = text => text,
  line,
}: ProseFormat): EventFormat => ({
  extension,
  open() {
    let lastSpeaker: string | undefined
    let lastEnd = -Infinity
    let written = false
    const clean = (text: string): string => escape(cleanText(text))
    return {
      begin: () => '',
      event(event) {
        if (event.type === 'gap') {
          written = true
          return `[inaudible ${clockRange(event.start, event.end)}]\n`
        }
        if (event.type !== 'final') return ''
        const text = clean(event.text)
        if (text === '') return ''
        const { start, end, speaker } = event
        const changes = speaker !== lastSpeaker
        const begins = changes || start - lastEnd >= pauseMs
        const before = begins && written ? '\n' : ''
        lastSpeaker = speaker
        lastEnd = Math.max(end, lastEnd, 0)
        written = true
        const place = { begins, changes }
        return `${before}${line(text, clean(speaker ?? ''), event, place)}\n`
      },
      end: () => '',
    }
  },
})

/**
 * Plain text in paragraphs: see {@link prose}. A new speaker is named: `Ann: `.
 * A final without text has no line.
 */
export const txt: EventFormat = prose({
  extension: 'txt',
  line: (text, speaker, _, { changes }) =>
    changes && speaker ? `${speaker}: ${text}` : text,
})

/** Characters that may be markup in CommonMark or GitHub's dialect. */
const marks = /[\\`*_[\]<>&#|~$]/g

const openings = /^(?=[-+=:])|(?<=^\d{1,9})(?=[.)])/

const escapeMarkdown = (text: string): string =>
  text.replace(marks, '\\$&').replace(openings, '\\')

/**
 * Markdown (CommonMark) in paragraphs: see {@link prose}. They begin with
 * `**Ann** [00:01:02]`, or with the time alone for an unknown speaker. Markup in
 * the text is escaped.
 */
export const md: EventFormat = prose({
  extension: 'md',
  escape: escapeMarkdown,
  line: (text, speaker, { start }, { begins }) =>
    begins ? `${speaker && `**${speaker}** `}[${clock(start)}] ${text}` : text,
})

const row = (start: number, end: number, text: string): string =>
  text && `${Math.round(start)}\t${Math.round(end)}\t${text}\n`

/**
 * Tab-separated values as Whisper writes them: a header, then a row per final
 * with its times in whole ms, and `[inaudible]` for a gap. A final without text
 * has no row.
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
