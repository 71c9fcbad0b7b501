import { PolyphaseResampler } from '../../audio/resample-polyphase.ts'
import type { InputFormat } from '../../openai/wire/session-config.ts'
import { WireAudio, rateOf } from '../../openai/wire/wire-audio.ts'

/** Rate of the engine, in Hz. */
const ENGINE_RATE = 16_000

/** Samples of the engine in a ms. */
export const SAMPLES_PER_MS = ENGINE_RATE / 1_000

/** Turns the bytes of a session into samples for the engine. */
export class InputAudio {
  readonly #format: InputFormat
  readonly #wire = new WireAudio()
  readonly #resampler: PolyphaseResampler
  #running = false

  constructor(format: InputFormat) {
    this.#format = format
    this.#resampler = new PolyphaseResampler({
      from: this.rate,
      to: ENGINE_RATE,
      channels: 1,
    })
  }

  /** Samples a second of what comes. */
  get rate(): number {
    return rateOf(this.#format)
  }

  /** How long so many bytes are, in ms. */
  msOf(bytes: number): number {
    const size = this.#format.type === 'audio/pcm' ? 2 : 1
    return (bytes / size / this.rate) * 1_000
  }

  /** Takes bytes; gives what is ready of them, and their length in ms. */
  push(bytes: Buffer): { samples: Float32Array; ms: number } {
    const wire = this.#wire.push(bytes, this.#format)
    if (!this.#running) this.#resampler.start(0)
    this.#running = true
    const floats = new Float32Array(wire.length)
    for (let i = 0; i < wire.length; i++) floats[i] = wire[i]! / 32_768
    const [samples] = this.#resampler.push([floats])
    return { samples: samples!, ms: (wire.length / this.rate) * 1_000 }
  }

  /** What {@link end} would give now. */
  peek(): Float32Array {
    return this.#running ? this.#resampler.peek()[0]! : new Float32Array(0)
  }

  /** What is left of the audio so far: a turn ends here. */
  end(): Float32Array {
    if (!this.#running) return new Float32Array(0)
    this.#running = false
    return this.#resampler.end()[0]!
  }
}
