import type { Cue } from '../cues/cue.ts'

/** Receives what a reader finds. */
export interface CueSink {
  /** Receives a cue and the number of the line with its times. */
  cue(cue: Cue, line: number): void
  /** Receives the problem of a line, and how it was handled. */
  warn(line: number, problem: string): void
}

/** Reads cues from the lines of a file. */
export interface LineReader {
  /** Reads a line without its end; numbers count from 1. */
  line(text: string, number: number): void
  /** Call after the last line. */
  end(): void
}

/** Times of a cue in ms, and their line. */
export type CueTimes = {
  readonly start: number
  readonly end: number
  readonly line: number
}

/** The most characters of a cue. */
const maxCueLength = 4 * 2 ** 20

/** The lines of a cue's text, up to a maximum. */
export class CueLines {
  readonly #sink: CueSink
  #size = 0
  lines: string[] = []

  constructor(sink: CueSink) {
    this.#sink = sink
  }

  /** Adds a line; the excess of a cue is dropped with one warning. */
  add(text: string, number: number): void {
    const before = this.#size
    this.#size += text.length
    if (this.#size <= maxCueLength) this.lines.push(text)
    else if (before <= maxCueLength)
      this.#sink.warn(number, 'this cue is too long; the rest is left out')
  }

  /** Call when the next cue begins. */
  clear(): void {
    this.lines = []
    this.#size = 0
  }
}

/**
 * Adjusts times of a cue with a warning: a start is not before 0, and an end at
 * least 1 ms after it.
 *
 * @returns undefined for a cue that ends before 0
 */
export const clampedTimes = (
  { start, end, line }: CueTimes,
  sink: CueSink,
): CueTimes | undefined => {
  if (start < 0 && end <= 0) {
    sink.warn(line, 'this cue ends before 0; it is left out')
    return undefined
  }
  if (start < 0) sink.warn(line, 'this cue begins before 0; it is cut there')
  const from = Math.max(0, start)
  if (end > from) return { start: from, end, line }
  sink.warn(
    line,
    'this cue ends no later than it begins; it is given 1 ms, so that its text is kept',
  )
  return { start: from, end: from + 1, line }
}
