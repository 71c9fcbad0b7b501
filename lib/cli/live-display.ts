import { formatCaptions, type TranscriptEvent } from '../index.ts'
import type { Display, Screen } from './display.ts'
import { DrawnLines } from './drawn-lines.ts'
import { oneLine, terminalSafe } from './terminal-safe.ts'

/**
 * A transcript on a terminal as it is spoken: the deltas of a turn appear one
 * after the other, dim, and its final takes their place. What is above the
 * open turns is never written to again.
 */
export class LiveDisplay implements Display {
  readonly #drawn: DrawnLines
  readonly #color: boolean
  /** Text of each turn that has no final yet. */
  readonly #open = new Map<string, string>()

  /** @param color whether deltas are dim */
  constructor(screen: Screen, { color }: { readonly color: boolean }) {
    this.#drawn = new DrawnLines(screen)
    this.#color = color
  }

  async show(event: TranscriptEvent): Promise<void> {
    if (event.type === 'delta') return this.#append(event)
    const line = terminalSafe(formatCaptions([event], { format: 'txt' }))
    const ends = event.type === 'final' && this.#open.delete(event.turn)
    if (line || ends)
      await this.#drawn.write(this.#drawn.erased() + line + this.#redrawn())
  }

  around(print: () => void): void {
    this.#drawn.around(print, () => this.#redrawn())
  }

  interrupted(): void {
    this.#drawn.interrupted(() => this.#redrawn())
  }

  /** Ends the line: what has no final stays as it is. */
  async end(): Promise<void> {
    const isOpen = this.#drawn.count > 0
    this.#drawn.left()
    this.#open.clear()
    if (isOpen) await this.#drawn.write('\n')
  }

  async #append(event: { turn: string; text: string }): Promise<void> {
    const before = this.#open.get(event.turn) ?? ''
    const added = oneLine(event.text)
    const text = (before + added).trimStart()
    this.#open.set(event.turn, text)
    const isLast = [...this.#open.keys()].at(-1) === event.turn
    if (before === '' || !isLast || !this.#drawn.steady)
      return this.#drawn.write(this.#drawn.erased() + this.#redrawn())
    this.#drawn.extended(added)
    await this.#drawn.write(this.#dim(added))
  }

  #redrawn(): string {
    const lines = [...this.#open.values()].filter(text => text !== '')
    this.#drawn.drawn(lines)
    return this.#dim(lines.join('\n'))
  }

  #dim(text: string): string {
    return this.#color && text ? `\u001B[2m${text}\u001B[22m` : text
  }
}
