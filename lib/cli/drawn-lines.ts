import stringWidth from 'string-width'
import type { Screen } from './display.ts'

let segmenter: Intl.Segmenter | undefined

/** Rows that a line takes where a terminal wraps it; an empty one takes one. */
const rowsOf = (line: string, columns: number): number => {
  segmenter ??= new Intl.Segmenter('en', { granularity: 'grapheme' })
  let [rows, column] = [1, 0]
  for (const { segment } of segmenter.segment(line)) {
    const width = stringWidth(segment)
    if (column + width > columns) [rows, column] = [rows + 1, 0]
    column += width
  }
  return rows
}

/**
 * The last lines on a terminal, which can be taken away again whatever is done
 * to its width; the cursor is behind the last. What is above them is never
 * written to.
 */
export class DrawnLines {
  readonly #screen: Screen
  #lines: string[] = []
  /** The widest that the screen was since they were drawn. */
  #widest = 0
  /** Whether its width has changed since. */
  #resized = false

  constructor(screen: Screen) {
    this.#screen = screen
  }

  /** Width of the screen in characters. */
  get columns(): number {
    return this.#screen.columns || 80
  }

  /** How many there are. */
  get count(): number {
    return this.#lines.length
  }

  /** Whether text can be put behind the last: nothing was done to the width. */
  get steady(): boolean {
    this.#lookAtWidth()
    return !this.#resized
  }

  /** They are on the screen from now on, without what gives them a look. */
  drawn(lines: readonly string[]): void {
    this.#lines = [...lines]
    this.#widest = this.columns
    this.#resized = false
  }

  /** The last of them is longer by a text. */
  extended(text: string): void {
    this.#lines.push((this.#lines.pop() ?? '') + text)
  }

  /** They are as what is above them from now on. */
  left(): void {
    this.#lines = []
  }

  /** What takes them away. */
  erased(): string {
    if (this.#lines.length === 0) return ''
    this.#lookAtWidth()
    // A terminal may or may not wrap anew what is on it when its width
    // changes. At its widest the lines take the fewest rows: going up by
    // these at most, no line above is ever reached.
    const rows = this.#lines.map(line => rowsOf(line, this.#widest))
    const up = rows.reduce((sum, n) => sum + n) - 1
    this.#lines = []
    return `\r${up > 0 ? `\u001B[${up}A` : ''}\u001B[J`
  }

  /**
   * Lets somebody else print whole lines above them.
   *
   * @param redrawn draws them again
   */
  around(print: () => void, redrawn: () => string): void {
    const unheard = (): undefined => undefined // whoever writes next is told
    this.write(this.erased()).catch(unheard)
    print()
    this.write(redrawn()).catch(unheard)
  }

  /**
   * Ctrl-C was typed: a terminal shows that as `^C` where the cursor is, which
   * may have begun a row. Takes it away; only where it was about to begin one
   * does it matter that a signal from elsewhere leaves no such trace.
   */
  interrupted(redrawn: () => string): void {
    this.extended('^C')
    this.around(() => undefined, redrawn)
  }

  /** Rejects where the screen cannot be written to. */
  async write(text: string): Promise<void> {
    if (text === '') return
    await new Promise<void>((done, fail) => {
      this.#screen.write(text, error => (error ? fail(error) : done()))
    })
  }

  #lookAtWidth(): void {
    this.#resized ||= this.columns !== this.#widest
    this.#widest = Math.max(this.#widest, this.columns)
  }
}
