import { given } from '../core/options.ts'
import type { FinalEvent, GapEvent } from '../core/transcript-event.ts'
import { LiveTurn } from './live-turn.ts'
import {
  checkRecognition,
  type PartialOptions,
  SAMPLES_PER_MS,
  textOf,
  wordsOf,
} from './recognizer.ts'
import {
  SerialQueue,
  VadSession,
  type VadSessionOptions,
} from './vad-session.ts'
import type { CommitHandlers, SpeechSessionOptions } from './speech-session.ts'
import type { Turn } from './turn-segmenter.ts'
import { timedWords } from './word-times.ts'

/** A slower partial transcript causes a warning. */
const SLOW_MS = 1_500

export type LocalSessionOptions = SpeechSessionOptions &
  Pick<VadSessionOptions, 'abruptFrom'>

/**
 * Transcribes the turns that voice activity detection finds, several in
 * parallel, up to what the recogniser supports. Finals come out in order.
 */
export class LocalSession extends VadSession {
  readonly #options: LocalSessionOptions
  readonly #job: Pick<PartialOptions, 'session' | 'language' | 'keywords'>
  readonly #urgent: boolean
  readonly #maxPending: number
  #live: LiveTurn | undefined
  /**
   * Slow partials that start later cause a warning. Infinity after the first.
   */
  #warnOfLagFrom = Infinity
  readonly #pending: Promise<void>[] = []
  /** Starts of the finals and gaps that have not been emitted yet, in ms. */
  readonly #pendingStarts: number[] = []
  readonly #output = new SerialQueue()
  #gaps = false
  #failed = false

  constructor(options: LocalSessionOptions) {
    const { recognizer, latency, urgent, language, keywords } = options
    super({ ...options, live: latency !== undefined })
    this.#options = options
    this.#job = { session: this, ...given({ language, keywords }) }
    this.#urgent = urgent ?? latency !== undefined
    // For each turn in work, another one may wait.
    this.#maxPending = 2 * (recognizer.size ?? 1)
  }

  override prepare(): void {
    if (!this.#urgent) return
    const { recognizer } = this.#options
    const warm = recognizer.warmUp?.() ?? Promise.resolve()
    warm.then(
      () => (this.#warnOfLagFrom = performance.now()),
      () => {}, // the first turn fails with the same error
    )
  }

  prefetchFinal(tail: Float32Array): Promise<void> {
    return this.queue(async () => {
      await this.runVad()
      const ended = this.#live && this.run.openTurnWith(tail)
      if (ended) this.#live?.prefetchFinal(ended.turn, ended.audio)
    })
  }

  override end(): Promise<void> {
    return this.queue(async () => {
      await this.closeRun()
      await this.#output.done
      const duration = this.run.base / SAMPLES_PER_MS
      this.emit({ type: 'end', duration, complete: !this.#gaps })
    })
  }

  override get settled(): number {
    return Math.min(...this.#pendingStarts, super.settled)
  }

  /** If a step fails, the finals of earlier turns come before the error. */
  protected override queue<T>(step: () => T | Promise<T>): Promise<T> {
    return super.queue(async () => {
      try {
        return await step()
      } catch (error) {
        await this.#output.done.catch(() => {}) // reported by onError
        throw error
      }
    })
  }

  protected override async skipTo(offset: number): Promise<void> {
    const start = this.run.next / SAMPLES_PER_MS
    const end = offset / SAMPLES_PER_MS
    const reason = 'the source has no audio here'
    this.#pendingStarts.push(start)
    await super.skipTo(offset)
    this.#gaps = true
    this.#inOrder(() => this.#emitPlaced({ type: 'gap', start, end, reason }))
  }

  protected override async closeRun(handlers?: CommitHandlers): Promise<void> {
    await super.closeRun(handlers)
    await this.#waitForRoom()
  }

  protected override dropRun(): void {
    this.#live?.drop()
    this.#live = undefined
    super.dropRun()
  }

  protected override async runVad(): Promise<void> {
    await super.runVad()
    const { openTurn, analyzedTo } = this.run
    if (openTurn) this.#live?.update(openTurn, analyzedTo)
    await this.#waitForRoom()
  }

  async #waitForRoom(): Promise<void> {
    while (this.#pending.length >= this.#maxPending) await this.#pending[0]
  }

  protected override onTurnStart(at: number): void {
    super.onTurnStart(at)
    const { latency, recognizer, signal } = this.#options
    if (latency === undefined) return
    const { run, turnName: turn } = this
    this.#live = new LiveTurn({
      recognizer,
      job: this.#job,
      latency,
      base: run.base,
      audio: (from, to) => run.audio(from, to),
      onText: (text, at) =>
        this.emit({
          type: 'delta',
          turn,
          text,
          at: (run.base + at) / SAMPLES_PER_MS,
        }),
      onPartial: startedAt => this.#checkLag(startedAt),
      onError: error =>
        this.#inOrder(() => {
          throw error
        }),
      signal,
    })
  }

  protected override onTurnEnd(turn: Turn): void {
    const { recognizer, signal } = this.#options
    const { turnName: name } = this
    const base = this.toMs(0)
    const [start, end] = [this.toMs(turn.start), this.toMs(turn.end)]
    this.#pendingStarts.push(start)
    super.onTurnEnd(turn)
    const live = this.#live
    this.#live = undefined
    const recognition = live
      ? live.close(turn)
      : recognizer.recognize(this.run.audio(turn.from, turn.to), {
          ...this.#job,
          signal,
          spoken: turn.spoken,
          live: this.#urgent,
          offset: this.run.base + turn.from,
        })
    recognition.catch(() => {}) // it is awaited in order, below
    const at = this.toMs(Math.max(turn.to, live?.shownTo ?? 0))
    this.#inOrder(async () => {
      const result = checkRecognition(recognizer, await recognition)
      const text = live?.remainingText(result) ?? ''
      if (text !== '') this.emit({ type: 'delta', turn: name, text, at })
      const { wordTimes = 'model' } = recognizer
      const words = timedWords(wordsOf(result), turn, base, wordTimes)
      this.#emitPlaced({
        type: 'final',
        turn: name,
        text: textOf(result),
        start,
        end,
        ...given({ words, language: result.language }),
      })
    })
  }

  #checkLag(startedAt: number): void {
    const lag = performance.now() - startedAt
    if (startedAt < this.#warnOfLagFrom || lag < SLOW_MS) return
    this.#warnOfLagFrom = Infinity
    this.emit({
      type: 'warning',
      code: 'VOX_LIVE_BEHIND',
      message:
        `this machine is too busy for live text: it comes ${(lag / 1_000).toFixed(1)} s late, ` +
        'but nothing is lost; fewer streams or a smaller model need less',
    })
  }

  #emitPlaced(event: FinalEvent | GapEvent): void {
    this.#pendingStarts.splice(this.#pendingStarts.indexOf(event.start), 1)
    this.emit(event)
  }

  #inOrder(step: () => void | Promise<void>): void {
    const done = this.#output.run(step)
    this.#pending.push(done)
    done.then(
      () => void this.#pending.shift(),
      (error: Error) => {
        if (this.#failed) return
        this.#failed = true
        this.#options.onError(error)
      },
    )
  }
}
