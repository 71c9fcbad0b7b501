import { UnknownFormatError } from '../../core/errors.ts'
import type { Cue } from '../cues/cue.ts'
import { CueLanes } from '../cues/order-cues.ts'
import type { CueSink, LineReader } from './line-reader.ts'
import { SrtReader } from './read-srt.ts'
import { VttReader, vttSignature } from './read-vtt.ts'
import { srtTimes } from './srt-times.ts'
import { TextLines } from './text-lines.ts'

/** A format that captions are read in. */
export type ReadableFormat = 'srt' | 'vtt'

/** Every format that captions are read in. */
export const readableFormats: readonly ReadableFormat[] = ['srt', 'vtt']

/** How many lines are looked at for what format they are of. */
const sniffed = 200
/** How many problems are told one by one. */
const told = 20

/** What is found in the bytes of a caption file. */
export type ParserSink = {
  readonly cue: (cue: Cue, line: number) => void
  readonly warn: (message: string) => void
}

/**
 * Reads cues out of the bytes of a caption file, in any chunking. The format is
 * told by its first lines: `WEBVTT`, or times as SRT has them.
 */
export class CaptionParser {
  readonly #warn: (message: string) => void
  readonly #sink: CueSink
  readonly #lines: TextLines
  #reader: LineReader | undefined
  /** Lines that came before the format was known. */
  #waiting: string[] = []
  #problems = 0

  constructor(format: ReadableFormat | undefined, { cue, warn }: ParserSink) {
    this.#warn = warn
    const lanes = new CueLanes()
    this.#sink = {
      cue: (found, line) => cue(lanes.place(found), line),
      warn: (line, problem) => {
        if (++this.#problems <= told) warn(`line ${line}: ${problem}`)
      },
    }
    if (format !== undefined) this.#open(format)
    this.#lines = new TextLines(
      (text, number) => this.#line(text, number),
      number =>
        this.#sink.warn(number, 'what is not UTF-8 here becomes U+FFFD'),
    )
  }

  /**
   * @throws UnknownFormatError if it is of no format that is read
   * @throws DecodeError if it is no text in UTF-8 or UTF-16
   */
  push(bytes: Uint8Array): void {
    this.#lines.push(bytes)
  }

  /**
   * @throws UnknownFormatError if it is of no format that is read
   * @throws DecodeError if it is no text in UTF-8 or UTF-16
   */
  end(): void {
    this.#lines.end()
    if (this.#reader === undefined) this.#refuseUnknown()
    this.#reader?.end()
    if (this.#problems > told)
      this.#warn(`${this.#problems - told} more lines are damaged`)
  }

  #line(text: string, number: number): void {
    if (this.#reader !== undefined) return this.#reader.line(text, number)
    const isFirst = this.#waiting.every(line => line.trim() === '')
    this.#waiting.push(text)
    if (isFirst && vttSignature.test(text.trimStart())) this.#open('vtt')
    else if (srtTimes(text) !== undefined) this.#open('srt')
    else if (number === sniffed) this.#refuseUnknown()
  }

  #open(format: ReadableFormat): void {
    const reader =
      format === 'vtt' ? new VttReader(this.#sink) : new SrtReader(this.#sink)
    for (const [i, text] of this.#waiting.entries()) reader.line(text, i + 1)
    this.#waiting = []
    this.#reader = reader
  }

  #refuseUnknown(): void {
    if (this.#waiting.some(line => line.trim() !== ''))
      throw new UnknownFormatError(
        "the input is neither SRT nor WebVTT; 'ffmpeg -i IN OUT.srt' turns most others into SRT",
      )
    this.#warn('the input is empty, so there are no captions')
  }
}
