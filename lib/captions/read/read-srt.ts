import { cleanText } from '../cues/clean-text.ts'
import {
  CueLines,
  possibleTimes,
  type CueSink,
  type CueTimes,
  type LineReader,
} from './line-reader.ts'
import { srtTimes } from './srt-times.ts'

const breaks = /<br\s*\/?>|\\N/gi
const hardSpaces = /\\h/g
/** What players know; another word in brackets is text, as `<laughs>`. */
const tags =
  /<\/?(?:b|i|u|s|em|strong|font|span|c|v|p|ruby|rt|rp)(?:[\s.][^<>]*)?\/?>/gi
/** Codes of ASS and of MicroDVD: `{\an8}`, `{y:i}`. */
const codes = /\{\\[^{}]*\}|\{[YyCcFfSsPpHh]:[^{}]*\}/g

/** The lines of an SRT text without its markup. */
export const plainSrt = (text: string): string[] =>
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

/** Begins as a line of times does. */
const cutTimes = /^\d+\s*:[\d:,.\s>-]*$/

/**
 * Reads SubRip. A cue begins with its line of times and goes on until the next:
 * numbers are not needed and not believed, and blank lines within a text do not
 * end it. Markup is taken off; a cue without text is none.
 */
export class SrtReader implements LineReader {
  readonly #sink: CueSink
  /** Of the cue that lines go to; undefined where they go nowhere. */
  #times: CueTimes | undefined
  /** Its text; blank lines that follow each other are one. */
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
      this.#sink.warn(number, 'these times cannot be read; the cue is left out')
      return
    }
    if (end === undefined || end > Number.MAX_SAFE_INTEGER) {
      this.#sink.warn(
        number,
        "the cue's end cannot be read; it is given 1 ms, so that its text is kept",
      )
      const from = Math.max(0, start)
      this.#times = { start: from, end: from + 1, line: number }
    } else this.#times = possibleTimes({ start, end, line: number }, this.#sink)
  }

  end(): void {
    this.#dropCut()
    this.#finish()
  }

  #line(text: string, number: number): void {
    const isBlank = text.trim() === ''
    if (!this.#begun) {
      if (isBlank || isNumber(text)) return
      this.#sink.warn(number, 'the text before the first cue is left out')
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
   * The number of the next cue stands right above its times, or alone between
   * blank lines.
   */
  #dropNumber(): void {
    const { lines } = this.#text
    const gap = lines.at(-1) === '' ? 1 : 0
    const last = lines.length - 1 - gap
    if (isNumber(lines[last]) && (gap === 0 || lines[last - 1] === ''))
      lines.length = last
  }

  /** What a file that is cut short ends with is no text of its last cue. */
  #dropCut(): void {
    const { lines } = this.#text
    if (lines.at(-1) === '') lines.pop()
    let at = lines.length - 1
    if (cutTimes.test(lines[at] ?? '') && isNumber(lines[at - 1])) at--
    if (!isNumber(lines[at]) || lines[at - 1] !== '') return
    lines.length = at
    this.#sink.warn(
      this.#times!.line,
      'the file is cut short in the cue after this one',
    )
  }

  #finish(): void {
    const lines = plainSrt(this.#text.lines.join('\n'))
    if (this.#times !== undefined && lines.length > 0) {
      const { start, end, line } = this.#times
      this.#sink.cue({ start, end, lines }, line)
    }
    this.#times = undefined
    this.#text.clear()
  }
}
