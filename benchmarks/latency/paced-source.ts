import { Readable } from 'node:stream'
import { OptionError, type AudioChunk } from 'voxpipe'

/** Time that passes, in ms: that of the machine, or a virtual one of a test. */
export type Clock = {
  /** Milliseconds since some fixed time; never goes back. */
  now(): number
  /**
   * Calls back after so many ms, or up to 1 ms earlier, as timers of Node do.
   *
   * @returns what cancels it
   */
  after(ms: number, callback: () => void): () => void
}

/** The clock of the machine. */
export const systemClock: Clock = {
  now: () => performance.now(),
  after(ms, callback) {
    // Timers drop the fraction.
    const timer = setTimeout(callback, Math.ceil(ms))
    return () => clearTimeout(timer)
  },
}

/** Options of {@link PacedSource}. */
type PacedSourceOptions = {
  /** Mono, 16 kHz. */
  readonly samples: Float32Array
  /**
   * Silence after them, in ms: what decides that somebody has stopped.
   * @default 1500
   */
  readonly tailMs?: number
  /** @default the machine's */
  readonly clock?: Clock
  /** Destroys the stream when aborted. */
  readonly signal?: AbortSignal
}

/** Rate of the source, in Hz. */
export const PACED_RATE = 16_000
const SAMPLES_PER_MS = PACED_RATE / 1000
/** 50 ms. */
const CHUNK = 50 * SAMPLES_PER_MS

const resolve = ({
  samples,
  tailMs = 1_500,
  clock = systemClock,
  signal,
}: PacedSourceOptions) => {
  if (!(tailMs >= 0 && tailMs <= 60_000))
    throw new OptionError(
      'tailMs',
      `must be a number from 0 to 60000, got ${tailMs}`,
    )
  const tail = Math.round(tailMs * SAMPLES_PER_MS)
  return { samples, length: samples.length + tail, clock, signal }
}

/**
 * Speech as a microphone has it: 50 ms {@link AudioChunk}s of 16 kHz mono,
 * each at the moment at which its last sample has been spoken. The clock
 * starts at the first read, and every chunk is due by that start alone, so no
 * error adds up; a reader that does not keep up gets what it missed at once.
 *
 * Errors: `VOX_OPTION`.
 */
export class PacedSource extends Readable {
  readonly #samples: Float32Array
  readonly #length: number
  readonly #clock: Clock
  readonly #lateness: number[] = []
  #startedAt = Number.NaN
  #next = 0
  #takeBack: (() => void) | undefined
  #ended = false

  constructor(options: PacedSourceOptions) {
    const { samples, length, clock, signal } = resolve(options)
    // One chunk: what waits longer is late by the reader's fault, and shows.
    super({ objectMode: true, highWaterMark: 1, ...(signal && { signal }) })
    this.#samples = samples
    this.#length = length
    this.#clock = clock
  }

  /** When the first sample was spoken, by the clock; `NaN` before a read. */
  get startedAt(): number {
    return this.#startedAt
  }

  /** Length with the silence after it, in ms. */
  get durationMs(): number {
    return this.#length / SAMPLES_PER_MS
  }

  /** By how many ms each chunk came after it was due. */
  get lateness(): readonly number[] {
    return this.#lateness
  }

  override _read(): void {
    if (Number.isNaN(this.#startedAt)) this.#startedAt = this.#clock.now()
    this.#deliver()
  }

  /** Pushes all that is due, while it is wanted. */
  #deliver(): void {
    let wanted = true
    while (wanted && !this.#takeBack && !this.#ended) {
      if (this.#next >= this.#length) {
        this.#ended = true
        this.push(null)
        return
      }
      const offset = this.#next
      const end = Math.min(offset + CHUNK, this.#length)
      const due = this.#startedAt + end / SAMPLES_PER_MS
      const late = this.#clock.now() - due
      if (late < 0) {
        this.#takeBack = this.#clock.after(-late, () => {
          this.#takeBack = undefined
          this.#deliver()
        })
        return
      }
      this.#lateness.push(late)
      this.#next = end
      wanted = this.push(this.#chunk(offset, end))
    }
  }

  #chunk(offset: number, end: number): AudioChunk {
    const samples = new Float32Array(end - offset)
    samples.set(this.#samples.subarray(offset, end))
    return { sampleRate: PACED_RATE, channels: [samples], offset }
  }

  override _destroy(
    error: Error | null,
    done: (error?: Error | null) => void,
  ): void {
    // Given an aborted signal, Node destroys it before the fields exist.
    if (#clock in this) this.#takeBack?.()
    done(error)
  }
}
