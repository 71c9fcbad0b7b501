import { inspect } from 'node:util'
import type { Recognizer } from '../index.ts'
import { CliError } from './cli-error.ts'
import { Terminal, type Output, oneLine, stripControls } from './terminal.ts'

/** The context of a command. */
export type CommandContext = {
  readonly terminal: Terminal
  readonly reporter: Reporter
  /** Replaces the embedded engine. The caller closes it. */
  readonly recognizer?: Recognizer
}

/** Opens a reporter that replaces keys in everything that it prints. */
export const openReporter = async (
  terminal: Terminal,
  verbosity: Verbosity,
): Promise<Reporter> => {
  const { redact } = await import('../index.ts') // is slow to load
  const reporter = new Reporter(terminal, verbosity, redact)
  for (const name of ['OPENAI_API_KEY', 'VOXPIPE_API_KEY'])
    reporter.hideKey(terminal.env[name]?.trim() ?? '')
  return reporter
}

const redrawMs = 100

/** Shorter ones are words such as `none`, for servers that ask for no key. */
const minKeyLength = 8

/** How much is reported. */
export type Verbosity = {
  readonly quiet?: boolean
  readonly verbose?: boolean
  readonly debug?: boolean
}

/** A display on the same terminal that makes room for whole lines. */
type SharedDisplay = { around(print: () => void): void }

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
 * Writes to stderr: messages of one line each and, on a terminal, a status line
 * below them that is redrawn in place.
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
  #display: SharedDisplay | undefined
  #status = ''
  #drawn = -Infinity

  /** @param redact removes secrets from a text */
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

  /** Replaces this key in all later reports. */
  hideKey(key: string): void {
    if (key.length >= minKeyLength) this.#keys.add(key)
  }

  /** Shares the terminal with a display, if stderr is one. */
  share(display: SharedDisplay): void {
    if (this.#stderr.isTTY) this.#display = display
  }

  /** Reports an error; `format` may add to its message. */
  error(error: unknown, format = (message: string): string => message): void {
    this.#line(format(errorText(error)))
    if (this.#debug)
      this.#write(`${stripControls(this.#hidden(inspect(error)))}\n`)
  }

  /** Reports the result of a batch, even when quiet. */
  summary(message: string): void {
    this.#line(message)
  }

  warn(message: string): void {
    if (!this.#quiet) this.#line(`warning: ${message}`)
  }

  note(message: string): void {
    if (!this.#quiet) this.#line(message)
  }

  /** Prints a line for copying, without a prefix. */
  command(line: string): void {
    if (!this.#quiet) this.#write(`${stripControls(this.#hidden(line))}\n`)
  }

  /** Reports a detail if `--verbose` is set. */
  detail(message: string): void {
    if (this.#verbose) this.#line(message)
  }

  /** Replaces the status line, at most ten times a second. */
  status(text: string): void {
    const now = performance.now()
    if (!this.animated || now - this.#drawn < redrawMs) return
    this.#drawn = now
    const width = (this.#stderr.columns || 80) - 1
    this.clearStatus()
    this.#status = oneLine(text).slice(0, width)
    this.#stderr.write(this.#status)
  }

  /** Erases the status line. */
  clearStatus(): void {
    if (this.#status === '') return
    this.#stderr.write('\r\u001B[K')
    this.#status = ''
  }

  #hidden(text: string): string {
    // Longest first: a key may be the prefix of another.
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
    if (this.#display) this.#display.around(print)
    else print()
  }
}
