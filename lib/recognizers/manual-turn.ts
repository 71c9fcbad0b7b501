import type { DeltaEvent, FinalEvent, Word } from '../core/transcript-event.ts'

/** A turn that is put together from segments. */
export class ManualTurn {
  readonly name: string
  /** Where its audio begins, in ms. */
  readonly start: number
  /** Whether it has a segment that is closed. */
  heard = false
  readonly #texts: string[] = []
  /** Undefined, once a segment had none. */
  #words: Word[] | undefined = []
  #language: string | undefined
  #from: number | undefined
  #to: number | undefined
  #shown = false
  #at = 0

  constructor(name: string, start: number) {
    this.name = name
    this.start = start
  }

  /** Takes the final of its next segment. */
  add({ text, words, language, start, end }: FinalEvent): void {
    if (text !== '') this.#texts.push(text)
    // One by one: hours of them are too many arguments.
    if (words) for (const word of words) this.#words?.push(word)
    else this.#words = undefined
    this.#language = language ?? this.#language
    this.#from ??= start
    this.#to = end
  }

  /**
   * A delta of a segment as one of this turn.
   *
   * @param first whether it is the first of its segment
   */
  delta({ text, at = 0 }: DeltaEvent, first: boolean): DeltaEvent {
    const space = first && this.#shown ? ' ' : ''
    this.#shown = true
    // What was heard last before a forced cut may lie behind it.
    this.#at = Math.max(this.#at, at)
    return { type: 'delta', turn: this.name, text: space + text, at: this.#at }
  }

  /** @param end where its audio ends, in ms */
  final(end: number): FinalEvent {
    return {
      type: 'final',
      turn: this.name,
      text: this.#texts.join(' '),
      start: this.#from ?? this.start,
      end: this.#to ?? end,
      ...(this.#words && { words: this.#words }),
      ...(this.#language !== undefined && { language: this.#language }),
    }
  }
}
