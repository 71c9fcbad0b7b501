import type { CueFormat } from './caption-writer.ts'
import { cleanText } from '../cues/clean-text.ts'
import { timecode } from './timecode.ts'

/**
 * SRT has no escapes, and its readers take more than its texts say: an arrow as
 * the next cue's, `<word>` as a tag to be dropped, `{…}` and `\N` as ASS codes.
 * Each is replaced by what looks alike and means nothing: `->`, `‹word›`, `(…)`
 * and `⧵N`.
 */
const harmless = (text: string): string =>
  cleanText(text)
    .replace(/(?<!-)-{2,}>/g, '->')
    .replace(/<(?=[a-z/!?])([^<>]*)(>?)/gi, (_, tag: string, end: string) =>
      end ? `‹${tag}›` : `‹${tag}`,
    )
    .replaceAll('{', '(')
    .replaceAll('}', ')')
    .replace(/\\(?=[Nnh])/g, '⧵')

/** SubRip: `HH:MM:SS,mmm`, cues numbered from 1; without cues an empty file. */
export const srt: CueFormat = {
  extension: 'srt',
  prepare: harmless,
  openCues: () => ({
    begin: () => '',
    cue: ({ start, end, lines }, index) =>
      `${index}\n${timecode(start, ',')} --> ${timecode(end, ',')}\n` +
      `${lines.join('\n')}\n\n`,
    end: () => '',
  }),
}
