import { inspect } from 'node:util'
import { CliError } from './exit-code.ts'
import type { Output, Terminal } from './terminal.ts'
import { oneLine, terminalSafe } from './terminal-safe.ts'

const redrawMs = 100

/** Shorter ones are words such as `none`, for servers that ask for no key. */
const minKeyLength = 8

/** How much to say. */
export type Verbosity = {
  readonly quiet?: boolean
  readonly verbose?: boolean
  readonly debug?: boolean
}

/** What lets others print whole lines on its terminal. */
export type SharedScreen = { around(print: () => void): void }

const errorText = (error: unknown): string => {
  const { code, message } = error as { code?: unknown; message?: unknown }
  const expected =
    error instanceof CliError ||
    (typeof code === 'string' && code.startsWith('VOX_'))
  return expected
    ? String(message)
    : `unexpected error: ${String(message ?? error)}; run again with --debug and report it`
}

/**
 * What goes to stderr: messages of one line each, and below them a line that
 * is redrawn in place, where there is a terminal to do so.
 */
export class Reporter {
  /** Whether {@link status} shows anything. */
  readonly animated: boolean
  readonly #stderr: Output
  readonly #quiet: boolean
  readonly #verbose: boolean
  readonly #debug: boolean
  readonly #redact: (text: string) => string
  readonly #keys = new Set<string>()
  #screen: SharedScreen | undefined
  #status = ''
  #drawn = -Infinity

  /** @param redact takes what may be a secret out of a text */
  constructor(
    { stderr, env }: Pick<Terminal, 'stderr' | 'env'>,
    { quiet = false, verbose = false, debug = false }: Verbosity,
    redact: (text: string) => string = text => text,
  ) {
    const { CI, TERM } = env
    this.#stderr = stderr
    this.#redact = redact
    this.#quiet = quiet
    this.#verbose = verbose
    this.#debug = debug
    this.animated = !!stderr.isTTY && !quiet && !CI && TERM !== 'dumb'
  }

  /** From now on this key is not shown, whatever is reported. */
  hideKey(key: string): void {
    if (key.length >= minKeyLength) this.#keys.add(key)
  }

  /** From now on something else is on the terminal, if stderr is one. */
  share(screen: SharedScreen): void {
    if (this.#stderr.isTTY) this.#screen = screen
  }

  /** An error; `dress` puts something around its message. */
  error(error: unknown, dress = (message: string): string => message): void {
    this.#line(dress(errorText(error)))
    if (this.#debug)
      this.#write(`${terminalSafe(this.#hidden(inspect(error)))}\n`)
  }

  /** How a batch went: said even when quiet, as errors are. */
  summary(message: string): void {
    this.#line(message)
  }

  warn(message: string): void {
    if (!this.#quiet) this.#line(`warning: ${message}`)
  }

  note(message: string): void {
    if (!this.#quiet) this.#line(message)
  }

  /** A line to be copied: as it is, without a name before it. */
  command(line: string): void {
    if (!this.#quiet) this.#write(`${terminalSafe(this.#hidden(line))}\n`)
  }

  /** Something that only `--verbose` tells. */
  detail(message: string): void {
    if (this.#verbose) this.#line(message)
  }

  /** Replaces the line at the bottom, ten times a second at most. */
  status(text: string): void {
    const now = performance.now()
    if (!this.animated || now - this.#drawn < redrawMs) return
    this.#drawn = now
    const width = (this.#stderr.columns || 80) - 1
    this.clearStatus()
    this.#status = oneLine(text).slice(0, width)
    this.#stderr.write(this.#status)
  }

  /** Takes the line at the bottom away, before something else is printed. */
  clearStatus(): void {
    if (this.#status === '') return
    this.#stderr.write('\r\u001B[K')
    this.#status = ''
  }

  #hidden(text: string): string {
    // The longest first: a key may begin as another.
    const longest = [...this.#keys].sort((a, b) => b.length - a.length)
    return this.#redact(
      longest.reduce((rest, key) => rest.replaceAll(key, '…'), text),
    )
  }

  #line(message: string): void {
    this.#write(`voxpipe: ${oneLine(this.#hidden(message))}\n`)
  }

  #write(text: string): void {
    this.clearStatus()
    const print = (): unknown => this.#stderr.write(text)
    if (this.#screen) this.#screen.around(print)
    else print()
  }
}
