import type { EventFormat } from './caption-writer.ts'
import { prose } from './prose.ts'

/**
 * Plain text: one line a final, `[inaudible 00:12:03-00:12:09]` for a gap. A
 * blank line stands where the speaker changes, with `Ann: ` before what is said
 * then, and where nothing is said for 2 s. Line breaks within a final become
 * spaces; a final without text has no line.
 */
export const txt: EventFormat = prose({
  extension: 'txt',
  line: (text, speaker, _, { changes }) =>
    changes && speaker ? `${speaker}: ${text}` : text,
})
