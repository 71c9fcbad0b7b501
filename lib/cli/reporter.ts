import { inspect } from 'node:util'
import type { TranscriptEvent } from '../index.ts'
import type { Recognizer } from '../recognizers/index.ts'
import { CliError } from './cli-error.ts'
import { Terminal, type Output, oneLine, stripControls } from './terminal.ts'

export type CommandContext = {
  readonly terminal: Terminal
  readonly reporter: Reporter
  /** Replaces the embedded engine. The caller closes it. */
  readonly recognizer?: Recognizer
}

/** Opens a reporter that hides keys. */
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

/** Shorter keys are words such as `none`, for servers that need no key. */
const minKeyLength = 8

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
 * Writes messages of one line each to stderr and, on a terminal, a status line
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

  /** Hides this key in all later reports. */
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

type Progress = {
  readonly audioMs: number
  readonly durationMs?: number | undefined
}

/** Formats `75_000` as `1:15`, with hours if there are any. */
export const clock = (ms: number): string => {
  const total = Math.max(0, Math.round(ms / 1000))
  const [hours, minutes] = [Math.floor(total / 3600), Math.floor(total / 60)]
  const two = (n: number): string => String(n % 60).padStart(2, '0')
  return hours > 0
    ? `${hours}:${two(minutes)}:${two(total)}`
    : `${minutes}:${two(total)}`
}

export const megabytes = (bytes: number): string =>
  `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`

/** The status line: audio done, speed, time left. */
export const progressText = (
  { audioMs, durationMs }: Progress,
  elapsedMs: number,
): string => {
  const speed = elapsedMs > 0 ? audioMs / elapsedMs : 0
  const done =
    durationMs === undefined
      ? clock(audioMs)
      : `${clock(audioMs)} of ${clock(durationMs)}`
  const pace = `${speed.toFixed(speed < 10 ? 1 : 0)}x`
  if (durationMs === undefined || speed === 0) return `${done}, ${pace}`
  return `${done}, ${pace}, ${clock((durationMs - audioMs) / speed)} left`
}

/** Returns a listener that shows the progress of an input. */
export const showProgress = (
  reporter: Reporter,
  name: string,
): ((progress: Progress) => void) => {
  const begun = performance.now()
  return progress => {
    const elapsedMs = performance.now() - begun
    reporter.status(`${name}: ${progressText(progress, elapsedMs)}`)
  }
}

/**
 * Returns a listener that shows the progress of a service, which does not
 * report what it has read.
 */
export const showAnswers =
  (reporter: Reporter, name: string) =>
  (event: TranscriptEvent): void => {
    if (event.type === 'start')
      reporter.status(`${name}: ${event.model} is transcribing`)
    else if (event.type === 'final')
      reporter.status(`${name}: ${clock(event.end)} transcribed`)
  }

/** Shows the progress of a download; only one line without a terminal. */
export const showFetch = (
  reporter: Reporter,
): ((fetch: { model: string; received: number; total: number }) => void) => {
  const announced = new Set<string>()
  return ({ model, received, total }) => {
    if (!announced.has(model))
      reporter.note(`downloading ${model} (${megabytes(total)}), only once`)
    announced.add(model)
    const percent = Math.floor((received / total) * 100)
    if (received < total) reporter.status(`${model}: ${percent}%`)
    else reporter.clearStatus()
  }
}
