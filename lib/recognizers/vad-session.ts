import { Sequence } from './serial-queue.ts'
import type {
  CommitHandlers,
  SessionOptions,
  SpeechSession,
} from './speech-session.ts'
import { Stretch } from './audio-run.ts'
import type { TurnSignal } from './turn-segmenter.ts'

const SAMPLES_PER_MS = 16

/** What a {@link TurnWatch} needs. */
type TurnWatchOptions = Required<
  Pick<SessionOptions, 'voiceActivity' | 'turns' | 'onEvent' | 'signal'>
>

/**
 * Finds turns and tells when they begin and end, but not what is said in
 * them: for sessions without a model.
 */
export class TurnWatch implements SpeechSession {
  readonly #options: TurnWatchOptions
  readonly #input = new Sequence()
  #stretch: Stretch
  #count = 0

  constructor(options: TurnWatchOptions) {
    this.#options = options
    this.#stretch = this.#begin(0)
  }

  prepare(): void {}

  push(samples: Float32Array, offset: number): Promise<void> {
    return this.#input.run(async () => {
      if (offset > this.#end) this.#stretch = this.#begin(offset)
      this.#stretch.append(samples)
      while (this.#stretch.full) await this.#look()
    })
  }

  advance(): Promise<void> {
    return this.#input.run(() => this.#look())
  }

  commit({ before, after }: CommitHandlers = {}): Promise<void> {
    return this.#input.run(async () => {
      const stretch = this.#stretch
      await stretch.lookAtRest(signal => this.#tell(signal))
      before?.()
      const signals = stretch.end()
      for (const signal of signals) this.#tell(signal)
      after?.(signals.length > 0 ? this.#name : undefined)
      this.#stretch = this.#begin(this.#end)
    })
  }

  clear(): Promise<void> {
    return this.leave().then(() => {})
  }

  leave(): Promise<Float32Array<ArrayBuffer>> {
    return this.#input.run(async () => {
      await this.#look()
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

  async #look(): Promise<void> {
    await this.#stretch.look(signal => this.#tell(signal))
    this.#stretch.trim()
  }

  #tell(signal: TurnSignal): void {
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
