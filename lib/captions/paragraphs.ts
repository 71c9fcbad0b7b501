import type { FinalEvent } from '../core/transcript-event.ts'

/** Silence in ms after which a paragraph begins. */
const pauseMs = 2000

/** Where a final stands in a text of lines. */
export type Place = {
  /** A blank line where one is needed. */
  readonly before: '' | '\n'
  /** Whether it begins a paragraph. */
  readonly begins: boolean
  /** Whether another speaks than before; nobody known is another, too. */
  readonly changes: boolean
}

/**
 * Divides finals into paragraphs: one begins where the speaker changes, and
 * after 2 s or more without a transcript.
 */
export class Paragraphs {
  #speaker: string | undefined
  #end: number | undefined
  #written = false

  /** Where the next final stands. */
  place({ start, end, speaker }: FinalEvent): Place {
    const changes = speaker !== this.#speaker
    const begins =
      changes || this.#end === undefined || start - this.#end >= pauseMs
    const before = begins && this.#written ? '\n' : ''
    this.#speaker = speaker
    this.#end = Math.max(end, this.#end ?? 0)
    this.#written = true
    return { before, begins, changes }
  }

  /** Tells that there is a line that is no final. */
  line(): void {
    this.#written = true
  }
}
