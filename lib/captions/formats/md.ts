import type { EventFormat } from './caption-writer.ts'
import { prose } from './prose.ts'
import { clock } from './timecode.ts'

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
export const md: EventFormat = prose({
  extension: 'md',
  escape,
  line: (text, speaker, { start }, { begins }) =>
    begins ? `${speaker && `**${speaker}** `}[${clock(start)}] ${text}` : text,
})
