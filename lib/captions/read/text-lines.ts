import { isAscii, isUtf8 } from 'node:buffer'
import { TextDecoder } from 'node:util'
import { DecodeError, UnknownFormatError } from '../../core/errors.ts'
import type { Cue } from '../cues/cue.ts'

const LF = 0x0a
const CR = 0x0d

const maxLineBytes = 4 * 2 ** 20

/** Detects UTF-16 by a byte order mark or a 0 byte. */
const wideEncoding = ([a, b]: Uint8Array): string | undefined => {
  if ((a === 0xff && b === 0xfe) || (a! > 0 && b === 0)) return 'utf-16le'
  if ((a === 0xfe && b === 0xff) || (a === 0 && b! > 0)) return 'utf-16be'
  return undefined
}

/**
 * Divides bytes into lines of text that end with LF, CR or CRLF. The encoding
 * is UTF-8, or UTF-16 by its first bytes. Damaged UTF-8 becomes U+FFFD if
 * earlier lines show that the text is UTF-8.
 */
export class TextLines {
  readonly #line: (text: string, number: number) => void
  readonly #damaged: (number: number) => void
  #head: Uint8Array | undefined = new Uint8Array()
  #wide: TextDecoder | undefined
  #parts: Uint8Array[] = []
  #size = 0
  #afterCr = false
  #number = 0
  #isUtf8 = false

  /**
   * @param line receives each line without its end, and its number from 1
   * @param damaged receives the numbers of lines that are not UTF-8
   */
  constructor(
    line: (text: string, number: number) => void,
    damaged: (number: number) => void,
  ) {
    this.#line = line
    this.#damaged = damaged
  }

  /** @throws DecodeError or UnknownFormatError if it is no such text. */
  push(bytes: Uint8Array): void {
    if (this.#head === undefined) return this.#decode(bytes, false)
    this.#head = Buffer.concat([this.#head, bytes])
    if (this.#head.length >= 3) this.#begin()
  }

  /** @throws DecodeError or UnknownFormatError if it is no such text. */
  end(): void {
    this.#begin()
    this.#decode(new Uint8Array(), true)
    if (this.#size > 0) this.#emit(new Uint8Array())
  }

  #begin(): void {
    const head = this.#head
    if (head === undefined) return
    this.#head = undefined
    const wide = wideEncoding(head)
    if (wide !== undefined) this.#wide = new TextDecoder(wide)
    const mark = head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf
    this.#decode(mark ? head.subarray(3) : head, false)
  }

  #decode(bytes: Uint8Array, isLast: boolean): void {
    if (this.#wide === undefined) return this.#split(bytes)
    const text = this.#wide.decode(bytes, { stream: !isLast })
    this.#split(Buffer.from(text))
  }

  #split(bytes: Uint8Array): void {
    let from = 0
    for (let i = 0; i < bytes.length; i++) {
      const byte = bytes[i]
      if (byte !== LF && byte !== CR) continue
      const isSecond = byte === LF && this.#afterCr && i === from
      if (!isSecond || this.#size > 0) this.#emit(bytes.subarray(from, i))
      this.#afterCr = byte === CR
      from = i + 1
    }
    if (from === bytes.length) return
    this.#parts.push(bytes.subarray(from))
    this.#size += bytes.length - from
    if (this.#size > maxLineBytes)
      throw new DecodeError(
        'text',
        `line ${this.#number + 1} is longer than ${maxLineBytes} bytes: this is not a caption file`,
      )
  }

  #emit(rest: Uint8Array): void {
    const bytes =
      this.#parts.length > 0
        ? Buffer.concat([...this.#parts, rest])
        : Buffer.from(rest.buffer, rest.byteOffset, rest.length)
    this.#parts = []
    this.#size = 0
    this.#number++
    if (isAscii(bytes))
      return this.#line(bytes.toString('latin1'), this.#number)
    const isText = isUtf8(bytes)
    if (isText) this.#isUtf8 = true
    else if (this.#isUtf8) this.#damaged(this.#number)
    else this.#refuse(bytes)
    this.#line(bytes.toString(), this.#number)
  }

  #refuse(bytes: Uint8Array): never {
    if (bytes.includes(0))
      throw new UnknownFormatError(
        'the input is not text, so it is neither SRT nor WebVTT',
      )
    throw new DecodeError(
      'text',
      `line ${this.#number} is not UTF-8; convert the file first, for example with 'iconv -f WINDOWS-1252 -t UTF-8 IN > OUT' for a Western European language`,
    )
  }
}

/** Receives results of a reader. */
export interface CueSink {
  /** @param line number of the line with the cue's times */
  cue(cue: Cue, line: number): void
  warn(line: number, problem: string): void
}

export interface LineReader {
  /** Reads a line without its end; numbers count from 1. */
  line(text: string, number: number): void
  end(): void
}

/** Times of a cue in ms, and the number of their line. */
export type CueTimes = {
  readonly start: number
  readonly end: number
  readonly line: number
}

const maxCueLength = 4 * 2 ** 20

/** Lines of a cue's text, up to a maximum. */
export class CueLines {
  readonly #sink: CueSink
  #size = 0
  lines: string[] = []

  constructor(sink: CueSink) {
    this.#sink = sink
  }

  /** Adds a line; drops the excess of a cue with one warning. */
  add(text: string, number: number): void {
    const before = this.#size
    this.#size += text.length
    if (this.#size <= maxCueLength) this.lines.push(text)
    else if (before <= maxCueLength)
      this.#sink.warn(number, 'this cue is too long; the rest is dropped')
  }

  clear(): void {
    this.lines = []
    this.#size = 0
  }
}

/**
 * Adjusts times with a warning: a start is at least 0, and an end at least 1 ms
 * after it. Returns undefined for a cue that ends before 0.
 */
export const clampedTimes = (
  { start, end, line }: CueTimes,
  sink: CueSink,
): CueTimes | undefined => {
  if (start < 0 && end <= 0) {
    sink.warn(line, 'this cue ends before 0; it is skipped')
    return undefined
  }
  if (start < 0)
    sink.warn(line, 'this cue begins before 0; it is shortened to begin at 0')
  const from = Math.max(0, start)
  if (end > from) return { start: from, end, line }
  sink.warn(
    line,
    'this cue does not end after it begins; it lasts 1 ms, so that its text is kept',
  )
  return { start: from, end: from + 1, line }
}
