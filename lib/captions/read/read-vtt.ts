import {
  CueLines,
  possibleTimes,
  type CueSink,
  type CueTimes,
  type LineReader,
} from './line-reader.ts'
import { srtTimes } from './srt-times.ts'
import { voicesIn } from './vtt-text.ts'

const timestamp = String.raw`(?:(\d+):)?(\d\d):(\d\d)\.(\d{3})(?!\d)`
const space = String.raw`[\t\n\f\r ]*`
const timings = new RegExp(
  `^${space}${timestamp}${space}-->${space}${timestamp}`,
)

const msOf = (found: readonly (string | undefined)[]): number | undefined => {
  const [h, m, s, ms] = found.map(digits => Number(digits ?? 0))
  if (m! > 59 || s! > 59) return undefined
  const total = ((h! * 60 + m!) * 60 + s!) * 1000 + ms!
  return total <= Number.MAX_SAFE_INTEGER ? total : undefined
}

/**
 * Start and end in ms of a line of WebVTT cue timings; settings behind them are
 * not looked at.
 *
 * Source: https://www.w3.org/TR/webvtt1/#webvtt-timings-and-settings
 *
 * @returns undefined where the standard's algorithm fails
 */
export const vttTimes = (
  line: string,
): { readonly start: number; readonly end: number } | undefined => {
  const found = timings.exec(line)
  const start = found ? msOf(found.slice(1, 5)) : undefined
  const end = found ? msOf(found.slice(5, 9)) : undefined
  return start === undefined || end === undefined ? undefined : { start, end }
}

/** What a WebVTT file begins with. */
export const vttSignature = /^WEBVTT(?=[ \t]|$)/

/** Blocks that are no cues; `WEBVTT` where files were put together. */
const knownBlock = /^(?:NOTE|WEBVTT)(?=[ \t]|$)|^(?:STYLE|REGION)\s*$/

/**
 * Reads WebVTT by the standard's algorithm, a line at a time; where a browser
 * would pass over a cue for times that can be read all the same, as
 * `00:01,500`, it is read and told. Notes, styles, regions, settings and what
 * else is in the header leave nothing; times are those of the cues, whatever
 * an `X-TIMESTAMP-MAP` says.
 *
 * Source: https://www.w3.org/TR/webvtt1/#webvtt-parser-algorithm
 */
export class VttReader implements LineReader {
  readonly #sink: CueSink
  #place: 'signature' | 'header' | 'body' = 'signature'
  /** Lines of the block so far. */
  #count = 0
  #seenArrow = false
  #times: CueTimes | undefined
  readonly #text: CueLines
  /** Line that began a block of which nothing is known yet. */
  #unknown: number | undefined

  constructor(sink: CueSink) {
    this.#sink = sink
    this.#text = new CueLines(sink)
  }

  line(raw: string, number: number): void {
    const text = raw.replaceAll('\0', '\ufffd')
    if (this.#place === 'signature') {
      this.#place = 'body'
      if (vttSignature.test(text)) {
        this.#place = 'header'
        return
      }
      this.#sink.warn(
        number,
        "the file does not begin with 'WEBVTT', so players refuse it; it is read all the same",
      )
    }
    if (this.#place === 'header') {
      if (text !== '' && !text.includes('-->')) return
      this.#place = 'body'
    }
    if (text === '') this.#finish()
    else this.#inBlock(text, number)
  }

  end(): void {
    this.#finish()
  }

  #inBlock(text: string, number: number): void {
    this.#count++
    if (text.includes('-->')) return this.#arrow(text, number)
    if (this.#seenArrow) return this.#cueText(text, number)
    if (this.#count === 1 && !knownBlock.test(text)) this.#unknown = number
  }

  #arrow(text: string, number: number): void {
    if (this.#count > 2 || this.#seenArrow) this.#finish()
    this.#count = Math.max(1, this.#count)
    this.#seenArrow = true
    this.#unknown = undefined // it was the cue's name
    const strict = vttTimes(text)
    const { start, end } = strict ?? srtTimes(text) ?? {}
    const line = number
    if (
      start === undefined ||
      end === undefined ||
      Math.max(start, end) > Number.MAX_SAFE_INTEGER
    )
      this.#sink.warn(line, 'these times cannot be read; the cue is left out')
    else {
      if (!strict)
        this.#sink.warn(
          line,
          'these times are not as WebVTT has them, so players leave the cue out; it is read all the same',
        )
      this.#times = possibleTimes({ start, end, line }, this.#sink)
    }
  }

  #cueText(text: string, number: number): void {
    if (this.#times === undefined) return
    this.#text.add(text, number)
  }

  #finish(): void {
    if (this.#unknown !== undefined)
      this.#sink.warn(
        this.#unknown,
        'this text belongs to no cue and is left out: in WebVTT a blank line ends a cue',
      )
    if (this.#times !== undefined) {
      const { start, end, line } = this.#times
      for (const part of voicesIn(this.#text.lines.join('\n')))
        this.#sink.cue({ start, end, ...part }, line)
    }
    this.#count = 0
    this.#seenArrow = false
    this.#times = undefined
    this.#text.clear()
    this.#unknown = undefined
  }
}
