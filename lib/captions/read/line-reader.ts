import type { Cue } from '../cues/cue.ts'

/** Takes what a reader finds. */
export interface CueSink {
  /** A cue, and the number of the line that has its times. */
  cue(cue: Cue, line: number): void
  /** What is wrong with a line, and what was done about it. */
  warn(line: number, problem: string): void
}

/** Reads cues out of the lines of a file. */
export interface LineReader {
  /** Takes a line without its end, and its number from 1. */
  line(text: string, number: number): void
  /** No more lines come. */
  end(): void
}

/** A cue's times in ms, and the line that they stand in. */
export type CueTimes = {
  readonly start: number
  readonly end: number
  readonly line: number
}

/** Most characters of one cue: there is none such in captions. */
const longestCue = 4 * 2 ** 20

/** The lines of a cue's text, as long as they are of a sane length. */
export class CueLines {
  readonly #sink: CueSink
  #size = 0
  lines: string[] = []

  constructor(sink: CueSink) {
    this.#sink = sink
  }

  /** Takes a line; what makes the cue too long is left out and told, once. */
  add(text: string, number: number): void {
    const before = this.#size
    this.#size += text.length
    if (this.#size <= longestCue) this.lines.push(text)
    else if (before <= longestCue)
      this.#sink.warn(number, 'this cue is too long; the rest is left out')
  }

  /** The next cue begins. */
  clear(): void {
    this.lines = []
    this.#size = 0
  }
}

/**
 * Times that a cue may have: none is before 0, an end is after its start. What
 * is not so is told, and lasts 1 ms where it would last no time.
 *
 * @returns undefined for a cue that is over before 0
 */
export const possibleTimes = (
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
