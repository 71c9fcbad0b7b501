import type { TranscriptEvent } from '../core/transcript-event.ts'
import { AudioRun } from './audio-run.ts'
import { SAMPLES_PER_MS } from './recognizer.ts'
import type {
  CommitHandlers,
  SpeechSession,
  SpeechSessionOptions,
} from './speech-session.ts'
import type { Turn, TurnSignal } from './turn-segmenter.ts'

export type VadSessionOptions = Pick<
  SpeechSessionOptions,
  'voiceActivity' | 'turns' | 'onEvent' | 'signal'
> & {
  readonly live: boolean
  /**
   * From this sample on, audio after a commit or a gap may begin in the middle
   * of a word.
   * @default Infinity
   */
  readonly abruptFrom?: number
}

/**
 * Detects voice activity in one source and emits `speech-start` and
 * `speech-end`. It does not transcribe turns.
 */
export class VadSession implements SpeechSession {
  protected run: AudioRun
  readonly #options: VadSessionOptions
  readonly #input = new SerialQueue()
  #turnCount = 0

  constructor(options: VadSessionOptions) {
    this.#options = options
    this.run = this.#newRun(0)
  }

  prepare(): void {}

  push(samples: Float32Array, offset: number): Promise<void> {
    return this.queue(async () => {
      if (offset > this.run.next) await this.skipTo(offset)
      this.run.append(samples)
      while (this.run.hasFullBatch) await this.runVad()
    })
  }

  process(): Promise<void> {
    return this.queue(() => this.runVad())
  }

  commit(handlers?: CommitHandlers): Promise<void> {
    return this.queue(() => this.closeRun(handlers))
  }

  clear(): Promise<void> {
    return this.queue(async () => {
      await this.runVad()
      this.dropRun()
    })
  }

  drainUncommitted(): Promise<Float32Array<ArrayBuffer>> {
    return this.queue(async () => {
      await this.runVad()
      const audio = this.run.uncommitted()
      this.dropRun()
      return audio
    })
  }

  end(): Promise<void> {
    return this.commit()
  }

  get settled(): number {
    return this.toMs(this.run.nextSpeechFrom)
  }

  protected emit(event: TranscriptEvent): void {
    this.#options.onEvent(event)
  }

  protected queue<T>(step: () => T | Promise<T>): Promise<T> {
    return this.#input.run(step)
  }

  protected async runVad(): Promise<void> {
    await this.run.runVad(signal => this.#onSignal(signal))
    this.run.trim()
  }

  protected async skipTo(offset: number): Promise<void> {
    await this.closeRun()
    this.run = this.#newRun(offset)
  }

  protected async closeRun({ before, after }: CommitHandlers = {}) {
    await this.run.flushVad(signal => this.#onSignal(signal))
    before?.()
    const signals = this.run.end()
    for (const signal of signals) this.#onSignal(signal)
    after?.(signals.length > 0 ? this.turnName : undefined)
    this.run = this.#newRun(this.run.next)
  }

  protected dropRun(): void {
    this.run = this.#newRun(this.run.next)
  }

  protected onTurnStart(at: number): void {
    this.#turnCount++
    const { turnName: turn } = this
    this.emit({ type: 'speech-start', turn, at: this.toMs(at) })
  }

  protected onTurnEnd({ end }: Turn): void {
    const { turnName: turn } = this
    this.emit({ type: 'speech-end', turn, at: this.toMs(end) })
  }

  protected get turnName(): string {
    return `turn-${this.#turnCount}`
  }

  /** Converts a sample of the current run to milliseconds of the source. */
  protected toMs(sample: number): number {
    return (this.run.base + sample) / SAMPLES_PER_MS
  }

  #onSignal(signal: TurnSignal): void {
    if (signal.type === 'start') this.onTurnStart(signal.at)
    else this.onTurnEnd(signal.turn)
  }

  #newRun(base: number): AudioRun {
    const { abruptFrom = Infinity, turns = {}, ...options } = this.#options
    const abrupt = base >= abruptFrom
    return new AudioRun({ ...options, session: this, turns, base, abrupt })
  }
}

export class SerialQueue {
  #last: Promise<unknown> = Promise.resolve()

  /** Runs a step after all earlier ones. If one fails, all later ones do. */
  run<T>(step: () => T | Promise<T>): Promise<T> {
    const done = this.#last.then(step)
    this.#last = done
    done.catch(() => {}) // the caller handles it
    return done
  }

  get done(): Promise<unknown> {
    return this.#last
  }
}
