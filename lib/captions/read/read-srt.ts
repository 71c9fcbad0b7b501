import { cleanText } from '../cues/caption-text.ts'
import {
  CueLines,
  clampedTimes,
  type CueSink,
  type CueTimes,
  type LineReader,
} from './text-lines.ts'

const time = String.raw`(-?)(?:(\d{1,9}) ?: ?)?(\d{1,4}) ?: ?(\d{1,4})(?: ?[,.:;] ?(\d{1,9}))?`
const first = new RegExp(
  String.raw`^[\s\u200e\u200f\u202a-\u202e]*${time}\s*-{2,}>\s*(.*)$`,
)
const second = new RegExp(String.raw`^${time}(?![\w:])`)
const broken = /^\s*-?\d+\s*:.*-->/

const msOf = (found: readonly (string | undefined)[], at: number): number => {
  const [sign, h = 0, m, s, fraction = ''] = found.slice(at, at + 5)
  const seconds = Number(h) * 3600 + Number(m) * 60 + Number(s)
  const ms = Math.round(Number(`0.${fraction}0`) * 1000)
  return (sign === '-' ? -1 : 1) * (seconds * 1000 + ms)
}

/**
 * Reads a line such as `00:00:01,000 --> 00:00:02,500`. Hours may be missing, a
 * dot may replace the comma, and spaces and trailing text such as `X1:40` are
 * accepted. Digits after the comma are a fraction: `,5` is 500 ms. Returns
 * undefined for a line without times; `start` or `end` is undefined if it
 * cannot be read.
 */
export const srtTimes = (
  line: string,
): { start?: number | undefined; end?: number | undefined } | undefined => {
  if (!line.includes('-->')) return undefined
  const start = first.exec(line)
  if (start === null)
    return broken.test(line) ? { start: undefined, end: undefined } : undefined
  const end = second.exec(start[6]!)
  return { start: msOf(start, 1), end: end ? msOf(end, 1) : undefined }
}

const breaks = /<br\s*\/?>|\\N/gi
const hardSpaces = /\\h/g
/** Tags that players know; others, such as `<laughs>`, are text. */
const tags =
  /<\/?(?:b|i|u|s|em|strong|font|span|c|v|p|ruby|rt|rp)(?:[\s.][^<>]*)?\/?>/gi
/** Codes of ASS and MicroDVD: `{\an8}`, `{y:i}`. */
const codes = /\{\\[^{}]*\}|\{[YyCcFfSsPpHh]:[^{}]*\}/g

const plainSrtLines = (text: string): string[] =>
  text
    .replace(codes, '')
    .replace(breaks, '\n')
    .replace(hardSpaces, '\u00a0')
    .replace(tags, '')
    .split('\n')
    .map(cleanText)
    .filter(line => line !== '')

const isNumber = (line: string | undefined): boolean =>
  line !== undefined && /^\s*\d+\s*$/.test(line)

/** An incomplete line of times. */
const truncatedTimes = /^\d+\s*:[\d:,.\s>-]*$/

/**
 * Reads SubRip. A cue lasts from its line of times to the next: numbers are
 * ignored, and blank lines do not end it. Markup is removed; cues without text
 * are skipped.
 */
export class SrtReader implements LineReader {
  readonly #sink: CueSink
  /** Times of the current cue; undefined if its lines are skipped. */
  #times: CueTimes | undefined
  /** Consecutive blank lines are one. */
  readonly #text: CueLines
  #begun = false

  constructor(sink: CueSink) {
    this.#sink = sink
    this.#text = new CueLines(sink)
  }

  line(text: string, number: number): void {
    const times = srtTimes(text)
    if (times === undefined) return this.#line(text, number)
    this.#begun = true
    this.#dropNumber()
    this.#finish()
    const { start, end } = times
    if (start === undefined || start > Number.MAX_SAFE_INTEGER) {
      this.#sink.warn(number, 'these times cannot be read; the cue is skipped')
      return
    }
    if (end === undefined || end > Number.MAX_SAFE_INTEGER) {
      this.#sink.warn(
        number,
        "the cue's end time cannot be read; the cue lasts 1 ms, so that its text is kept",
      )
      const from = Math.max(0, start)
      this.#times = { start: from, end: from + 1, line: number }
    } else this.#times = clampedTimes({ start, end, line: number }, this.#sink)
  }

  end(): void {
    this.#dropTruncated()
    this.#finish()
  }

  #line(text: string, number: number): void {
    const isBlank = text.trim() === ''
    if (!this.#begun) {
      if (isBlank || isNumber(text)) return
      this.#sink.warn(number, 'the text before the first cue is skipped')
      this.#begun = true
    }
    if (this.#times === undefined) return
    if (isBlank) {
      const { lines } = this.#text
      if (lines.at(-1) !== '') lines.push('')
      return
    }
    this.#text.add(text, number)
  }

  /**
   * Removes the number of the next cue: directly above its times, or alone
   * between blank lines.
   */
  #dropNumber(): void {
    const { lines } = this.#text
    const gap = lines.at(-1) === '' ? 1 : 0
    const last = lines.length - 1 - gap
    if (isNumber(lines[last]) && (gap === 0 || lines[last - 1] === ''))
      lines.length = last
  }

  /** Removes an incomplete cue at the end of a truncated file. */
  #dropTruncated(): void {
    const { lines } = this.#text
    if (lines.at(-1) === '') lines.pop()
    let at = lines.length - 1
    if (truncatedTimes.test(lines[at] ?? '') && isNumber(lines[at - 1])) at--
    if (!isNumber(lines[at]) || lines[at - 1] !== '') return
    lines.length = at
    this.#sink.warn(
      this.#times!.line,
      'the file ends within the cue after this one',
    )
  }

  #finish(): void {
    const lines = plainSrtLines(this.#text.lines.join('\n'))
    if (this.#times !== undefined && lines.length > 0) {
      const { start, end, line } = this.#times
      this.#sink.cue({ start, end, lines }, line)
    }
    this.#times = undefined
    this.#text.clear()
  }
}
