import { PolyphaseResampler } from '../../audio/resample-polyphase.ts'
import type { InputFormat } from '../../openai/wire/session-config.ts'
import { RECOGNIZER_RATE } from '../../recognizers/recognizer.ts'
import { WireAudio, rateOf } from '../../openai/wire/client-event.ts'

/** Converts the bytes of a session to samples for the engine. */
export class InputAudio {
  readonly #format: InputFormat
  readonly #wire = new WireAudio()
  /** Undefined if samples keep their rate. */
  readonly #resampler: PolyphaseResampler | undefined
  #running = false

  /** @param keepRate whether samples keep their rate instead of the engine's */
  constructor(format: InputFormat, keepRate = false) {
    this.#format = format
    this.#resampler = keepRate
      ? undefined
      : new PolyphaseResampler({
          from: this.rate,
          to: RECOGNIZER_RATE,
          channels: 1,
        })
  }

  get rate(): number {
    return rateOf(this.#format)
  }

  /** Samples per ms that {@link push} returns. */
  get samplesPerMs(): number {
    return (this.#resampler ? RECOGNIZER_RATE : this.rate) / 1_000
  }

  msOf(bytes: number): number {
    const size = this.#format.type === 'audio/pcm' ? 2 : 1
    return (bytes / size / this.rate) * 1_000
  }

  /** Returns the samples that are ready, and the length of the bytes. */
  push(bytes: Buffer): { samples: Float32Array; ms: number } {
    const wire = this.#wire.push(bytes, this.#format)
    const floats = new Float32Array(wire.length)
    for (let i = 0; i < wire.length; i++) floats[i] = wire[i]! / 32_768
    const ms = (wire.length / this.rate) * 1_000
    if (!this.#resampler) return { samples: floats, ms }
    if (!this.#running) this.#resampler.start(0)
    this.#running = true
    const [samples] = this.#resampler.push([floats])
    return { samples: samples!, ms }
  }

  /** Samples that {@link end} would return now. */
  peek(): Float32Array {
    return this.#running ? this.#resampler!.peek()[0]! : new Float32Array(0)
  }

  /** Returns the remaining samples at the end of a turn. */
  end(): Float32Array {
    if (!this.#running) return new Float32Array(0)
    this.#running = false
    return this.#resampler!.end()[0]!
  }
}
