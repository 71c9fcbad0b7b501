import { parse } from 'node:path'
import { CaptionFormatter, type Stage, type TranscriptEvent } from '../index.ts'
import { HlsCaptions, type CaptionInput } from '../captions/index.ts'
import type { CaptionStyle } from './caption-style.ts'
import { outputError } from './cli-error.ts'
import {
  FileDestination,
  HlsDestination,
  type Destination,
  type StandardOutput,
} from './destination.ts'
import type { Target } from './jobs.ts'
import type { TranscriptDisplay } from './live-display.ts'

/** Receives events or cues. Rejects with a CliError. */
interface InputSink {
  /** Resolves when it can take the next. */
  write(input: CaptionInput): Promise<void>
  /** Resolves when everything is written. */
  end(): Promise<void>
}

/** Passes inputs through a formatter to a destination. */
class FormattedOutput<Result> implements InputSink {
  readonly #formatter: Stage<CaptionInput, unknown>
  readonly #destination: Destination<Result>
  readonly #written: Promise<void>

  constructor(
    formatter: Stage<CaptionInput, unknown>,
    destination: Destination<Result>,
  ) {
    this.#formatter = formatter
    this.#destination = destination
    this.#written = this.#drain()
    this.#written.catch(() => undefined) // write() and end() reject
  }

  async write(input: CaptionInput): Promise<void> {
    const formatter = this.#formatter
    if (formatter.destroyed || formatter.write(input)) {
      if (formatter.destroyed) await this.#written
      return
    }
    await Promise.race([
      new Promise<void>(done => {
        formatter.once('drain', done)
      }),
      this.#written,
    ])
  }

  async end(): Promise<void> {
    this.#formatter.end()
    await this.#written
  }

  async #drain(): Promise<void> {
    for await (const result of this.#formatter as AsyncIterable<Result>)
      await this.#destination.write(result)
  }
}

const failed = (error: unknown): never => {
  throw outputError('to standard output', error)
}

type OpenDestination = Pick<Destination, 'commit' | 'abandon'>

type TranscriptOutputsOptions = {
  readonly targets: readonly Target[]
  readonly style: CaptionStyle
  readonly stdout: StandardOutput
  /** Shows plain text as it is spoken, on standard output. */
  readonly display?: TranscriptDisplay | undefined
  /** Whether the transcript is live. @default false */
  readonly live?: boolean | undefined
}

/** All outputs of an input, which are opened with its first event. */
export class TranscriptOutputs {
  readonly #options: TranscriptOutputsOptions
  #outputs: InputSink[] | undefined
  #opened: OpenDestination[] = []

  constructor(options: TranscriptOutputsOptions) {
    this.#options = options
  }

  async write(input: CaptionInput): Promise<void> {
    for (const output of await this.#open()) await output.write(input)
  }

  /**
   * Completes all outputs.
   * @returns their files
   */
  async commit(): Promise<string[]> {
    const outputs = await this.#open()
    for (const output of outputs) await output.end()
    return this.#each(destination => destination.commit())
  }

  /**
   * Closes the outputs of an incomplete transcript.
   * @param keep whether to keep the written part
   * @returns the kept files
   */
  async abandon(keep: boolean): Promise<string[]> {
    // An empty transcript, too, is an element of the array on standard output.
    if (this.#options.targets.every(({ path }) => path === undefined))
      await this.#open()
    for (const output of this.#outputs ?? [])
      await output.end().catch(() => undefined) // its error has been reported
    return this.#each(destination => destination.abandon(keep))
  }

  async #each(
    act: (destination: OpenDestination) => Promise<string | undefined>,
  ): Promise<string[]> {
    const files: string[] = []
    for (const destination of this.#opened) {
      const file = await act(destination)
      if (file !== undefined) files.push(file)
    }
    return files
  }

  async #open(): Promise<InputSink[]> {
    if (this.#outputs) return this.#outputs
    this.#outputs = []
    for (const target of this.#options.targets)
      this.#outputs.push(await this.#openOne(target))
    return this.#outputs
  }

  async #openOne({ format, path, direct = false }: Target): Promise<InputSink> {
    const { display, stdout, style } = this.#options
    if (path === undefined && format === 'txt' && display)
      // With a display, all inputs are events.
      return {
        write: event => display.show(event as TranscriptEvent).catch(failed),
        end: () => display.end().catch(failed),
      }
    if (format === 'hls') return this.#openHls(path!) // it has a folder
    const destination =
      path === undefined
        ? stdout.open()
        : await FileDestination.open(path, direct)
    this.#opened.push(destination)
    const formatter = new CaptionFormatter({ format, ...style })
    formatter.setEncoding('utf8')
    return new FormattedOutput(formatter, destination)
  }

  async #openHls(path: string): Promise<InputSink> {
    const { style, live = false } = this.#options
    const destination = await HlsDestination.open(path, live)
    this.#opened.push(destination)
    const { name } = parse(path)
    const captions = new HlsCaptions({ name, live, ...style })
    return new FormattedOutput(captions, destination)
  }
}
