import type { WarningCode } from '../../core/errors.ts'
import type { TranscriptEvent, Usage } from '../../core/transcript-event.ts'
import { addUsage } from '../add-usage.ts'
import { SAMPLES_PER_MS } from './final-of.ts'
import type { Outcome, Turn } from './turn.ts'

/** Writes the events of a source; their places are ms of it. */
export class EventWriter {
  readonly #onEvent: (event: TranscriptEvent) => void
  readonly #warned = new Set<string>()
  #hasGaps = false
  #usage: Usage | undefined

  constructor(onEvent: (event: TranscriptEvent) => void) {
    this.#onEvent = onEvent
  }

  start(model: string): void {
    this.#onEvent({ type: 'start', schema: 1, engine: 'openai', model })
  }

  speechStart({ id, start }: Turn): void {
    const at = start / SAMPLES_PER_MS
    this.#onEvent({ type: 'speech-start', turn: id, at })
  }

  /** @param end sample at which speech ends */
  speechEnd({ id }: Turn, end: number): void {
    const at = end / SAMPLES_PER_MS
    this.#onEvent({ type: 'speech-end', turn: id, at })
  }

  /** Writes what is new in a delta. */
  delta(turn: Turn, delta: string): void {
    const text = turn.shown.hear(delta)
    if (text === '') return
    const at = turn.sent / SAMPLES_PER_MS
    this.#onEvent({ type: 'delta', turn: turn.id, text, at })
  }

  outcome(outcome: Outcome): void {
    this.#hasGaps ||= outcome.type === 'gap'
    this.#onEvent(outcome)
  }

  /** Adds to what the service says that it counts. */
  use(usage: Usage | undefined): void {
    this.#usage = addUsage(this.#usage, usage)
  }

  warnOnce(code: WarningCode, message: string): void {
    if (this.#warned.has(message)) return
    this.#warned.add(message)
    this.#onEvent({ type: 'warning', code, message })
  }

  /**
   * @param samples length of the source
   * @param isWhole whether it ends without an error
   */
  end(samples: number, isWhole = true): void {
    const usage = this.#usage
    this.#onEvent({
      type: 'end',
      duration: samples / SAMPLES_PER_MS,
      complete: isWhole && !this.#hasGaps,
      ...(usage && { usage }),
    })
  }
}
