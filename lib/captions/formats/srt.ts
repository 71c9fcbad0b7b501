import type { CueFormat } from './caption-writer.ts'
import { cleanText } from '../cues/caption-text.ts'
import { timecode } from '../../core/timecode.ts'

/**
 * Replaces markup by look-alikes, since SRT has no escapes. Readers take an arrow
 * for the times of a cue, `<word>` for a tag, `{…}` and `\N` for ASS codes; they
 * become `->`, `‹word›`, `(…)` and `⧵N`.
 */
const withoutMarkup = (text: string): string =>
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
  prepare: withoutMarkup,
  openCues: () => ({
    begin: () => '',
    cue: ({ start, end, lines }, index) =>
      `${index}\n${timecode(start, ',')} --> ${timecode(end, ',')}\n` +
      `${lines.join('\n')}\n\n`,
    end: () => '',
  }),
}
