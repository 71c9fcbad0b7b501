import { RECOGNIZER_RATE } from '../../recognizers/recognizer.ts'
import { Sequence } from '../../recognizers/sequence.ts'
import type {
  CommitHandlers,
  SessionOptions,
  SpeechSession,
} from '../../recognizers/speech-session.ts'
import { Stretch } from '../../recognizers/stretch.ts'
import type { TurnSignal } from '../../recognizers/turn-segmenter.ts'

const SAMPLES_PER_MS = RECOGNIZER_RATE / 1_000

/** Options of {@link VadSession}. */
type VadSessionOptions = Required<
  Pick<SessionOptions, 'voiceActivity' | 'turns' | 'onEvent' | 'signal'>
>

/**
 * Finds turns and reports when they begin and end, without transcribing them:
 * for sessions without a model.
 */
export class VadSession implements SpeechSession {
  readonly #options: VadSessionOptions
  readonly #input = new Sequence()
  #stretch: Stretch
  #count = 0

  constructor(options: VadSessionOptions) {
    this.#options = options
    this.#stretch = this.#begin(0)
  }

  prepare(): void {}

  push(samples: Float32Array, offset: number): Promise<void> {
    return this.#input.run(async () => {
      if (offset > this.#end) this.#stretch = this.#begin(offset)
      this.#stretch.append(samples)
      while (this.#stretch.full) await this.#runVad()
    })
  }

  advance(): Promise<void> {
    return this.#input.run(() => this.#runVad())
  }

  commit({ before, after }: CommitHandlers = {}): Promise<void> {
    return this.#input.run(async () => {
      const stretch = this.#stretch
      await stretch.lookAtRest(signal => this.#emit(signal))
      before?.()
      const signals = stretch.end()
      for (const signal of signals) this.#emit(signal)
      after?.(signals.length > 0 ? this.#name : undefined)
      this.#stretch = this.#begin(this.#end)
    })
  }

  clear(): Promise<void> {
    return this.leave().then(() => {})
  }

  leave(): Promise<Float32Array<ArrayBuffer>> {
    return this.#input.run(async () => {
      await this.#runVad()
      const rest = this.#stretch.rest()
      this.#stretch = this.#begin(this.#end)
      return rest
    })
  }

  end(): Promise<void> {
    return this.commit()
  }

  get settled(): number {
    return (this.#stretch.base + this.#stretch.earliest) / SAMPLES_PER_MS
  }

  async #runVad(): Promise<void> {
    await this.#stretch.look(signal => this.#emit(signal))
    this.#stretch.trim()
  }

  #emit(signal: TurnSignal): void {
    const { onEvent } = this.#options
    const ms = (sample: number): number =>
      (this.#stretch.base + sample) / SAMPLES_PER_MS
    if (signal.type === 'start') {
      this.#count++
      onEvent({ type: 'speech-start', turn: this.#name, at: ms(signal.at) })
    } else
      onEvent({ type: 'speech-end', turn: this.#name, at: ms(signal.turn.end) })
  }

  #begin(base: number): Stretch {
    const { voiceActivity, turns, signal } = this.#options
    return new Stretch({
      voiceActivity,
      session: this,
      turns,
      live: true,
      base,
      abrupt: base > 0,
      signal,
    })
  }

  get #end(): number {
    return this.#stretch.base + this.#stretch.length
  }

  get #name(): string {
    return `turn-${this.#count}`
  }
}
