import type { WarningCode } from '../../core/warning-code.ts'
import type {
  FinalEvent,
  GapEvent,
  TranscriptEvent,
  Usage,
} from '../../core/transcript-event.ts'
import { addUsage } from '../accumulate.ts'
import { usageOf } from '../usage.ts'
import type { Turn, Outcome } from './turn-queue.ts'
import type { Completed } from './wire-events.ts'

/** Samples per ms at the Realtime API's sample rate. */
export const SAMPLES_PER_MS = 24

const timesOf = ({ start, end, to, sent }: Turn) => ({
  start: start / SAMPLES_PER_MS,
  end: (end ?? to ?? sent) / SAMPLES_PER_MS,
})

export const finalOf = (turn: Turn, event: Completed): FinalEvent => {
  const language = event.languages?.[0]?.code
  const logprobs = event.logprobs?.map(({ token, logprob, bytes }) => ({
    token,
    logprob,
    bytes: bytes ?? [],
  }))
  return {
    type: 'final',
    turn: turn.id,
    text: event.transcript.trim(),
    ...timesOf(turn),
    ...(language !== undefined && { language }),
    ...(logprobs && { logprobs }),
    ...(event.usage && { usage: usageOf(event.usage) }),
  }
}

export const gapOf = (turn: Turn, reason: string): GapEvent => ({
  type: 'gap',
  ...timesOf(turn),
  reason,
})

/** Emits the events of a source, with times in ms. */
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

  speechEnd({ id }: Turn, end: number): void {
    const at = end / SAMPLES_PER_MS
    this.#onEvent({ type: 'speech-end', turn: id, at })
  }

  delta(turn: Turn, delta: string): void {
    const text = turn.shown.add(delta)
    if (text === '') return
    const at = turn.sent / SAMPLES_PER_MS
    this.#onEvent({ type: 'delta', turn: turn.id, text, at })
  }

  outcome(outcome: Outcome): void {
    this.#hasGaps ||= outcome.type === 'gap'
    this.#onEvent(outcome)
  }

  use(usage: Usage | undefined): void {
    this.#usage = addUsage(this.#usage, usage)
  }

  warnOnce(code: WarningCode, message: string): void {
    if (this.#warned.has(message)) return
    this.#warned.add(message)
    this.#onEvent({ type: 'warning', code, message })
  }

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
