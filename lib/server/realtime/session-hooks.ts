import type { SpeechSession } from '../../recognizers/speech-session.ts'
import type { TranscriptEvent } from '../../core/transcript-event.ts'
import type { ClientEvent } from '../../openai/wire/client-event.ts'
import type { ServerEvent } from '../../openai/wire/server-event.ts'
import type { SessionConfig } from '../../openai/wire/session-config.ts'
import type { SessionPlan } from './session-plan.ts'

export type HookedSessionOptions = {
  readonly plan: SessionPlan
  readonly config: () => SessionConfig
  readonly onEvent: (event: TranscriptEvent) => void
  /** A committed turn gets no final. */
  readonly onTurnFailed: (turn: string) => void
  /** Aborted when the session is no longer needed. */
  readonly signal: AbortSignal
}

export type SessionControl = {
  readonly config: SessionConfig
  readonly ended: boolean
  readonly outbox: {
    send(event: ServerEvent): void
    /** Sends a text unchanged. */
    text(text: string): void
  }
  /** Ends the session without closing its connection. */
  end(): void
  /** Sends `session_expired` and closes the session. */
  expire(): void
  /** With 1005 the close frame has no code. */
  close(code: number, reason?: string): void
  /** Reads nothing until {@link resume} is called. */
  stopReading(): void
  resume(): void
}

/**
 * Hooks into one Realtime session, for test doubles: transcribes in place of
 * the engine, sees every event, and may end the session at each. With hooks,
 * audio keeps the client's rate, and a session handles one event after another.
 */
export interface SessionHooks {
  /** Called before `session.created`. */
  attach(session: SessionControl): void
  /** Opens the session that transcribes in place of the engine. */
  openSession(options: HookedSessionOptions): SpeechSession
  /** Called before a client event is handled. */
  onReceived(type: string, event: ClientEvent): void
  /** Called after audio was handled. */
  onAppended(ms: number): void
  /** Called before any event about a committed turn is sent. */
  onCommit(itemId: string): void
  /** Called before an event is sent. */
  onSend(type: string): void
  /** Calls `send`, now or later. */
  transmit(send: () => void): void
  /** Sends the events that answer a turn. */
  answer(itemId: string, events: readonly ServerEvent[]): void
}
