import { timecode } from '../../core/timecode.ts'
import { cleanText } from '../cues/caption-text.ts'
import type { CueFormat } from './caption-writer.ts'

/**
 * Replaces markup by similar characters, since SRT has no escapes. Readers
 * interpret an arrow as times, `<word>` as a tag, `{…}` and `\N` as ASS codes;
 * these become `->`, `‹word›`, `(…)` and `⧵N`.
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

/** SubRip: `HH:MM:SS,mmm`, cues numbered from 1; an empty file without cues. */
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

const sbvTime = (ms: number): string => timecode(ms, '.').replace(/^0/, '')

/** The comma of a text line that looks like times. */
const comma = /(?<=^\d+:\d\d:\d\d(?:\.\d+)? ?),(?= ?\d+:\d\d:\d\d(?:\.\d+)?$)/

/**
 * YouTube's SBV: `H:MM:SS.mmm,H:MM:SS.mmm`, then the lines. It has no escapes:
 * in a line that looks like such times, `‚` replaces the comma.
 */
export const sbv: CueFormat = {
  extension: 'sbv',
  openCues: () => ({
    begin: () => '',
    cue: ({ start, end, lines }) =>
      `${sbvTime(start)},${sbvTime(end)}\n${lines.map(line => line.replace(comma, '‚')).join('\n')}\n\n`,
    end: () => '',
  }),
}
