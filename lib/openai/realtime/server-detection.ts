import { SAMPLES_PER_MS } from './final-of.ts'
import type { SessionPlan } from './session-settings.ts'
import type { RealtimeSession } from './session.ts'

/** Silence that ends a turn for certain, beside what the server waits for. */
const TAIL_MS = 500

/** Turn detection of the server, as a plan has it. */
export class ServerDetection {
  readonly #plan: SessionPlan
  /** Silence that ends a turn, in ms, if the plan says so. */
  readonly silenceMs: number
  /** Audio before a turn that belongs to it, in ms, if the plan says so. */
  readonly paddingMs: number

  constructor(plan: SessionPlan) {
    this.#plan = plan
    this.silenceMs = Number(plan.serverTurns?.['silence_duration_ms'] ?? 0)
    this.paddingMs = Number(plan.serverTurns?.['prefix_padding_ms'] ?? 0)
  }

  /** Switches it on. */
  on(session: RealtimeSession): void {
    this.#configure(session, this.#plan.serverTurns ?? null)
  }

  /** Switches it off. */
  off(session: RealtimeSession): void {
    this.#configure(session, null)
  }

  /** Sends silence that ends any turn. */
  appendSilence(session: RealtimeSession): void {
    const ms = this.silenceMs + TAIL_MS
    session.append(Buffer.alloc(ms * SAMPLES_PER_MS * 2))
  }

  #configure(
    session: RealtimeSession,
    turns: Readonly<Record<string, unknown>> | null,
  ): void {
    const { config } = this.#plan
    const input = { ...config.audio.input, turn_detection: turns }
    session.configure({ ...config, audio: { input } })
  }
}
