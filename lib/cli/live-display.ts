import stringWidth from 'string-width'
import { formatCaptions, type TranscriptEvent } from '../index.ts'
import { oneLine, terminalSafe } from './terminal-safe.ts'

/** What is needed of a terminal; `process.stdout` is one. */
export type Screen = {
  /** Its width in characters, as it is now. */
  readonly columns?: number
  write(text: string, done: (error?: Error | null) => void): unknown
}

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** Rows that a line takes where a terminal wraps it; an empty one takes one. */
const rowsOf = (line: string, columns: number): number => {
  let [rows, column] = [1, 0]
  for (const { segment } of segmenter.segment(line)) {
    const width = stringWidth(segment)
    if (column + width > columns) [rows, column] = [rows + 1, 0]
    column += width
  }
  return rows
}

/**
 * A transcript on a terminal as it is spoken: the deltas of a turn appear one
 * after the other, dim, and its final takes their place. What is above the
 * open turns is never written to again.
 */
export class LiveDisplay {
  readonly #screen: Screen
  readonly #color: boolean
  /** Text of each turn that has no final yet. */
  readonly #open = new Map<string, string>()
  /** Lines on the screen below the finals; the cursor is behind the last. */
  #drawn: string[] = []
  /** The widest that the screen was since they were drawn. */
  #widest = 0
  /** Whether its width has changed since. */
  #resized = false

  /** @param color whether deltas are dim */
  constructor(screen: Screen, { color }: { readonly color: boolean }) {
    this.#screen = screen
    this.#color = color
  }

  /** Shows an event. Rejects where the screen cannot be written to. */
  async show(event: TranscriptEvent): Promise<void> {
    if (event.type === 'delta') return this.#append(event)
    const line = terminalSafe(formatCaptions([event], { format: 'txt' }))
    const ends = event.type === 'final' && this.#open.delete(event.turn)
    if (line || ends) await this.#write(this.#erased() + line + this.#redrawn())
  }

  /** Lets somebody else print whole lines above the open turns. */
  around(print: () => void): void {
    const unheard = (): undefined => undefined // show() and end() tell
    this.#write(this.#erased()).catch(unheard)
    print()
    this.#write(this.#redrawn()).catch(unheard)
  }

  /**
   * Ctrl-C was typed: a terminal shows that as `^C` where the cursor is, which
   * may have begun a row. Takes it away; only where it was about to begin one
   * does it matter that a signal from elsewhere leaves no such trace.
   */
  interrupted(): void {
    this.#drawn.push(`${this.#drawn.pop() ?? ''}^C`)
    this.around(() => undefined)
  }

  /** Ends the line: what has no final stays as it is. */
  async end(): Promise<void> {
    const isOpen = this.#drawn.length > 0
    this.#drawn = []
    this.#open.clear()
    if (isOpen) await this.#write('\n')
  }

  async #append(event: { turn: string; text: string }): Promise<void> {
    const before = this.#open.get(event.turn) ?? ''
    const added = oneLine(event.text)
    const text = (before + added).trimStart()
    this.#open.set(event.turn, text)
    const isLast = [...this.#open.keys()].at(-1) === event.turn
    this.#lookAtWidth()
    if (before === '' || !isLast || this.#resized)
      return this.#write(this.#erased() + this.#redrawn())
    this.#drawn[this.#drawn.length - 1] = text
    await this.#write(this.#dim(added))
  }

  /** What takes the drawn lines away. */
  #erased(): string {
    if (this.#drawn.length === 0) return ''
    this.#lookAtWidth()
    // A terminal may or may not wrap anew what is on it when its width
    // changes. At its widest the lines take the fewest rows: going up by
    // these at most, no line above is ever reached.
    const rows = this.#drawn.map(line => rowsOf(line, this.#widest))
    const up = rows.reduce((sum, n) => sum + n) - 1
    this.#drawn = []
    return `\r${up > 0 ? `\u001B[${up}A` : ''}\u001B[J`
  }

  #redrawn(): string {
    this.#drawn = [...this.#open.values()].filter(text => text !== '')
    this.#widest = this.#columns
    this.#resized = false
    return this.#dim(this.#drawn.join('\n'))
  }

  #lookAtWidth(): void {
    this.#resized ||= this.#columns !== this.#widest
    this.#widest = Math.max(this.#widest, this.#columns)
  }

  get #columns(): number {
    return this.#screen.columns || 80
  }

  #dim(text: string): string {
    return this.#color && text ? `\u001B[2m${text}\u001B[22m` : text
  }

  async #write(text: string): Promise<void> {
    if (text === '') return
    await new Promise<void>((done, fail) => {
      this.#screen.write(text, error => (error ? fail(error) : done()))
    })
  }
}
