import type { AnswerSegment } from './answer.ts'

const ARROW = /^\s*((?:\d+:)?\d+:\d+[.,]\d+)\s*-->\s*((?:\d+:)?\d+:\d+[.,]\d+)/

/** Seconds of `HH:MM:SS,mmm` or `MM:SS.mmm`. */
const secondsOf = (timecode: string): number =>
  timecode
    .replace(',', '.')
    .split(':')
    .reduce((sum, part) => 60 * sum + Number(part), 0)

const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  nbsp: ' ',
  lrm: '\u200E',
  rlm: '\u200F',
}

const unescaped = (text: string): string =>
  text.replaceAll(/&(\w+);/g, (all, name: string) => ENTITIES[name] ?? all)

/**
 * The cues of SubRip or WebVTT as a transcription service writes them: each
 * has a line with an arrow, and its text up to a blank line. Numbers, notes,
 * styles and settings are left out.
 */
export const readCaptions = (
  captions: string,
  format: 'srt' | 'vtt',
): AnswerSegment[] => {
  const segments: AnswerSegment[] = []
  for (const block of captions.replaceAll(/\r\n?/g, '\n').split(/\n\s*\n/)) {
    const lines = block.split('\n')
    const at = lines.findIndex(line => ARROW.test(line))
    if (at < 0) continue
    const [, start, end] = ARROW.exec(lines[at]!)!
    const text = lines
      .slice(at + 1)
      .join(' ')
      .trim()
    segments.push({
      start: secondsOf(start!),
      end: secondsOf(end!),
      text: format === 'vtt' ? unescaped(text) : text,
    })
  }
  return segments
}
