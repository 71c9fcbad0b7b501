import type { EventFormat } from './caption-writer.ts'
import { prose } from './txt.ts'
import { clock } from '../../core/timecode.ts'

/** Characters that may be markup in Markdown or GitHub's dialect. */
const marks = /[\\`*_[\]<>&#|~$]/g

/** Starts of lines that are lists or headings. */
const openings = /^(?=[-+=:])|(?<=^\d{1,9})(?=[.)])/

const escape = (text: string): string =>
  text.replace(marks, '\\$&').replace(openings, '\\')

/**
 * Markdown (CommonMark). A paragraph begins with `**Ann** [00:01:02]` when the
 * speaker changes and after 2 s of silence; unknown speakers have no name. Each
 * final is one line, each gap `[inaudible 00:12:03-00:12:09]`. Markup in the text
 * is escaped.
 */
export const md: EventFormat = prose({
  extension: 'md',
  escape,
  line: (text, speaker, { start }, { begins }) =>
    begins ? `${speaker && `**${speaker}** `}[${clock(start)}] ${text}` : text,
})
