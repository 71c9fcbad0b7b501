import {
  CaptionFormatter,
  type CaptionFormat,
  type TranscriptEvent,
} from '../index.ts'
import { DirectFile, PartialFile, type Destination } from './destination.ts'
import type { Target } from './plan-jobs.ts'
import type { StandardOutput } from './standard-output.ts'

/** How lines are broken. */
export type LineLimits = {
  readonly maxLineWidth?: number
  readonly maxLineCount?: number
}

/** A formatter with its destination at the other end. */
class Output {
  readonly destination: Destination
  readonly #formatter: CaptionFormatter
  readonly #written: Promise<void>

  constructor(
    format: CaptionFormat,
    limits: LineLimits,
    destination: Destination,
  ) {
    this.destination = destination
    this.#formatter = new CaptionFormatter({ format, ...limits })
    this.#formatter.setEncoding('utf8')
    this.#written = this.#drain()
    this.#written.catch(() => undefined) // write() and end() tell
  }

  /** Takes one event; waits where the destination is slow. */
  async write(event: TranscriptEvent): Promise<void> {
    const formatter = this.#formatter
    if (formatter.destroyed || formatter.write(event)) {
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
    for await (const text of this.#formatter as AsyncIterable<string>)
      await this.destination.write(text)
  }
}

/** Every output of one input. Nothing is opened before the first event. */
export class TranscriptOutputs {
  readonly #targets: readonly Target[]
  readonly #limits: LineLimits
  readonly #stdout: StandardOutput
  #outputs: Output[] | undefined
  #opened: Destination[] = []

  constructor(
    targets: readonly Target[],
    limits: LineLimits,
    stdout: StandardOutput,
  ) {
    this.#targets = targets
    this.#limits = limits
    this.#stdout = stdout
  }

  /** Rejects with an error fit to be shown where something is not writable. */
  async write(event: TranscriptEvent): Promise<void> {
    for (const output of await this.#open()) await output.write(event)
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
    act: (destination: Destination) => Promise<string | undefined>,
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
    for (const { format, path, direct = false } of this.#targets) {
      const destination =
        path === undefined
          ? this.#stdout.open()
          : await (direct ? DirectFile : PartialFile).open(path)
      this.#opened.push(destination)
      this.#outputs.push(new Output(format, this.#limits, destination))
    }
    return this.#outputs
  }
}
