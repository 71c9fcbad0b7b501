import stringWidth from 'string-width'
import type { TranscriptEvent } from '../index.ts'
import { formatCaptions } from '../captions/index.ts'
import { oneLine, stripControls } from './terminal.ts'

/** A terminal to draw on; `process.stdout` is one. */
export type TerminalScreen = {
  readonly columns?: number
  write(text: string, done: (error?: Error | null) => void): unknown
}

let segmenter: Intl.Segmenter | undefined

/** Number of rows of a line that the terminal wraps. */
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
 * The last lines on a terminal, which can be erased even after its width has
 * changed. The cursor is at the end of the last. Lines above are never touched.
 */
export class ErasableLines {
  readonly #screen: TerminalScreen
  #lines: string[] = []
  /** Greatest width of the screen since they were drawn. */
  #widest = 0
  /** Whether the width has changed since. */
  #resized = false

  constructor(screen: TerminalScreen) {
    this.#screen = screen
  }

  get columns(): number {
    return this.#screen.columns || 80
  }

  get count(): number {
    return this.#lines.length
  }

  /** Whether text can be appended to the last line. */
  get canAppend(): boolean {
    this.#updateWidth()
    return !this.#resized
  }

  /** Records drawn lines, without colour codes. */
  setDrawn(lines: readonly string[]): void {
    this.#lines = [...lines]
    this.#widest = this.columns
    this.#resized = false
  }

  /** Records text that was appended to the last line. */
  appended(text: string): void {
    this.#lines.push((this.#lines.pop() ?? '') + text)
  }

  /** Keeps the lines on the screen for good. */
  release(): void {
    this.#lines = []
  }

  /** Returns the codes that erase the lines. */
  erase(): string {
    if (this.#lines.length === 0) return ''
    this.#updateWidth()
    // A terminal may or may not re-wrap its lines when its width changes. At
    // the greatest width they take the fewest rows: moving up by no more than
    // these never reaches a line above.
    const rows = this.#lines.map(line => rowsOf(line, this.#widest))
    const up = rows.reduce((sum, n) => sum + n) - 1
    this.#lines = []
    return `\r${up > 0 ? `\u001B[${up}A` : ''}\u001B[J`
  }

  /** Rejects if the screen cannot be written to. */
  async write(text: string): Promise<void> {
    if (text === '') return
    await new Promise<void>((done, fail) => {
      this.#screen.write(text, error => (error ? fail(error) : done()))
    })
  }

  #updateWidth(): void {
    this.#resized ||= this.columns !== this.#widest
    this.#widest = Math.max(this.#widest, this.columns)
  }
}

/**
 * Shows a transcript on a terminal as it is spoken. Its promises reject if the
 * screen cannot be written to.
 */
export abstract class TranscriptDisplay {
  /** The live text. */
  protected readonly live: ErasableLines

  constructor(screen: TerminalScreen) {
    this.live = new ErasableLines(screen)
  }

  abstract show(event: TranscriptEvent): Promise<void>

  /** Returns the live text and records its lines as drawn. */
  protected abstract redrawn(): string

  /** Forgets the live text. */
  protected abstract reset(): void

  /** Calls `print`, which may write whole lines above the live text. */
  around(print: () => void): void {
    const ignore = (): undefined => undefined // the next show() rejects
    this.live.write(this.live.erase()).catch(ignore)
    print()
    this.live.write(this.redrawn()).catch(ignore)
  }

  /**
   * Removes the `^C` that a terminal shows at the cursor for Ctrl-C. It may have
   * begun a row; only then does it matter that other signals leave none.
   */
  eraseInterrupt(): void {
    this.live.appended('^C')
    this.around(() => undefined)
  }

  /** Ends the transcript, whose text stays. Another may follow. */
  async end(): Promise<void> {
    const isOpen = this.live.count > 0
    this.live.release()
    this.reset()
    if (isOpen) await this.live.write('\n')
  }
}

/**
 * Shows deltas dim, one after another, until the final of their turn replaces
 * them. Text above open turns is never written to again.
 */
export class LiveDisplay extends TranscriptDisplay {
  readonly #color: boolean
  /** Text of turns without a final. */
  readonly #open = new Map<string, string>()

  /** @param color whether deltas are dim */
  constructor(screen: TerminalScreen, { color }: { readonly color: boolean }) {
    super(screen)
    this.#color = color
  }

  async show(event: TranscriptEvent): Promise<void> {
    if (event.type === 'delta') return this.#append(event)
    const line = stripControls(formatCaptions([event], { format: 'txt' }))
    const ends = event.type === 'final' && this.#open.delete(event.turn)
    if (line || ends)
      await this.live.write(this.live.erase() + line + this.redrawn())
  }

  protected reset(): void {
    this.#open.clear()
  }

  async #append(event: { turn: string; text: string }): Promise<void> {
    const before = this.#open.get(event.turn) ?? ''
    const added = oneLine(event.text)
    const text = (before + added).trimStart()
    this.#open.set(event.turn, text)
    const isLast = [...this.#open.keys()].at(-1) === event.turn
    if (before === '' || !isLast || !this.live.canAppend)
      return this.live.write(this.live.erase() + this.redrawn())
    this.live.appended(added)
    await this.live.write(this.#dim(added))
  }

  protected redrawn(): string {
    const lines = [...this.#open.values()].filter(text => text !== '')
    this.live.setDrawn(lines)
    return this.#dim(lines.join('\n'))
  }

  #dim(text: string): string {
    return this.#color && text ? `\u001B[2m${text}\u001B[22m` : text
  }
}
