import { parse } from 'node:path'
import {
  CaptionFormatter,
  HlsCaptions,
  type CaptionInput,
  type HlsFile,
  type Stage,
  type TranscriptEvent,
} from '../index.ts'
import type { CaptionLook } from './caption-look.ts'
import { DirectFile, PartialFile, type Destination } from './destination.ts'
import type { Display } from './display.ts'
import { HlsDestination } from './hls-destination.ts'
import { outputError } from './output-error.ts'
import type { Target } from './plan-jobs.ts'
import type { StandardOutput } from './standard-output.ts'

/** Where events, or cues, go. Both reject with an error fit to be shown. */
interface Output {
  /** Takes one of them; waits where what is behind is slow. */
  write(input: CaptionInput): Promise<void>
  /** No more events come. */
  end(): Promise<void>
}

/** A formatter with what takes its results at the other end. */
class FormattedOutput<Result> implements Output {
  readonly #formatter: Stage<CaptionInput, unknown>
  readonly #take: (result: Result) => Promise<void>
  readonly #written: Promise<void>

  constructor(
    formatter: Stage<CaptionInput, unknown>,
    take: (result: Result) => Promise<void>,
  ) {
    this.#formatter = formatter
    this.#take = take
    this.#written = this.#drain()
    this.#written.catch(() => undefined) // write() and end() tell
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
      await this.#take(result)
  }
}

/** A terminal that shows events, which alone come where there is one. */
class LiveOutput implements Output {
  readonly #display: Display

  constructor(display: Display) {
    this.#display = display
  }

  write(event: TranscriptEvent): Promise<void> {
    return this.#display.show(event).catch(failed)
  }

  end(): Promise<void> {
    return this.#display.end().catch(failed)
  }
}

const failed = (error: unknown): never => {
  throw outputError('to standard output', error)
}

type Closable = Pick<Destination, 'commit' | 'abandon'>

/** Every output of one input. Nothing is opened before the first event. */
export class TranscriptOutputs {
  readonly #targets: readonly Target[]
  readonly #look: CaptionLook
  readonly #stdout: StandardOutput
  readonly #display: Display | undefined
  readonly #live: boolean
  #outputs: Output[] | undefined
  #opened: Closable[] = []

  /**
   * @param display has plain text for standard output shown as it comes
   * @param live whether the transcript comes as it is spoken
   */
  constructor(
    targets: readonly Target[],
    look: CaptionLook,
    stdout: StandardOutput,
    display?: Display,
    live = false,
  ) {
    this.#targets = targets
    this.#look = look
    this.#stdout = stdout
    this.#display = display
    this.#live = live
  }

  /** Rejects with an error fit to be shown where something is not writable. */
  async write(input: CaptionInput): Promise<void> {
    for (const output of await this.#open()) await output.write(input)
  }

  /**
   * The transcript is whole.
   *
   * @returns the files that have it
   */
  async commit(): Promise<string[]> {
    const outputs = await this.#open()
    for (const output of outputs) await output.end()
    return this.#each(destination => destination.commit())
  }

  /**
   * The transcript is not whole.
   *
   * @param keep whether there is anything in it to keep
   * @returns the files that were kept
   */
  async abandon(keep: boolean): Promise<string[]> {
    // A place in standard output's array is taken even by a transcript of
    // nothing: the next element belongs to the next input.
    if (this.#targets.every(({ path }) => path === undefined))
      await this.#open()
    for (const output of this.#outputs ?? [])
      await output.end().catch(() => undefined) // it is told already
    return this.#each(destination => destination.abandon(keep))
  }

  async #each(
    act: (destination: Closable) => Promise<string | undefined>,
  ): Promise<string[]> {
    const files: string[] = []
    for (const destination of this.#opened) {
      const file = await act(destination)
      if (file !== undefined) files.push(file)
    }
    return files
  }

  async #open(): Promise<Output[]> {
    if (this.#outputs) return this.#outputs
    this.#outputs = []
    for (const target of this.#targets)
      this.#outputs.push(await this.#openOne(target))
    return this.#outputs
  }

  async #openOne({ format, path, direct = false }: Target): Promise<Output> {
    if (path === undefined && format === 'txt' && this.#display)
      return new LiveOutput(this.#display)
    if (format === 'hls') return this.#openHls(path!) // it has a folder
    const destination =
      path === undefined
        ? this.#stdout.open()
        : await (direct ? DirectFile : PartialFile).open(path)
    this.#opened.push(destination)
    const formatter = new CaptionFormatter({ format, ...this.#look })
    formatter.setEncoding('utf8')
    return new FormattedOutput(formatter, (text: string) =>
      destination.write(text),
    )
  }

  async #openHls(path: string): Promise<Output> {
    const destination = await HlsDestination.open(path, this.#live)
    this.#opened.push(destination)
    const { name } = parse(path)
    const captions = new HlsCaptions({ name, live: this.#live, ...this.#look })
    return new FormattedOutput(captions, (file: HlsFile) =>
      destination.write(file),
    )
  }
}
