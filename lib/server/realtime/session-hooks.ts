import type { SpeechSession } from '../../recognizers/speech-session.ts'
import type { TranscriptEvent } from '../../core/transcript-event.ts'
import type { ClientEvent } from '../../openai/wire/client-event.ts'
import type { ServerEvent } from '../../openai/wire/server-event.ts'
import type { SessionConfig } from '../../openai/wire/session-config.ts'
import type { SessionPlan } from './session-plan.ts'

/** What a session of {@link SessionHooks.openSession} works with. */
export type HookedSessionOptions = {
  readonly plan: SessionPlan
  /** The settings of the Realtime session as they are now. */
  readonly config: () => SessionConfig
  readonly onEvent: (event: TranscriptEvent) => void
  /** A turn that was committed gets no final. */
  readonly onTurnFailed: (turn: string) => void
  /** Aborted when nobody needs the session any more. */
  readonly signal: AbortSignal
}

/** What {@link SessionHooks} can do with their session. */
export type SessionControl = {
  readonly config: SessionConfig
  /** Whether the session is served no more. */
  readonly ended: boolean
  readonly outbox: {
    /** Sends an event. */
    send(event: ServerEvent): void
    /** Sends a text as it is. */
    text(text: string): void
  }
  /** Serves the session no more; its connection stays as it is. */
  end(): void
  /** Reports that the session is over its time, and closes it. */
  expire(): void
  /** Closes the session; with 1005 the close frame has no code. */
  close(code: number, reason?: string): void
  /** Reads nothing until {@link resume} is called. */
  stopReading(): void
  resume(): void
}

/**
 * Takes part in one Realtime session, for test doubles: transcribes in place
 * of the engine, sees every event, and may end the session at each of them.
 * With hooks, the audio keeps the rate of the client, and a session handles
 * one event after the other.
 */
export interface SessionHooks {
  /** Called before `session.created`. */
  attach(session: SessionControl): void
  /** Opens what transcribes in place of the engine. */
  openSession(options: HookedSessionOptions): SpeechSession
  /** Called before an event of the client is handled. */
  onReceived(type: string, event: ClientEvent): void
  /** Called after audio was handled, with its length. */
  onAppended(ms: number): void
  /** Called before anything is sent about a turn that is committed. */
  onCommit(itemId: string): void
  /** Called before an event is sent. */
  onSend(type: string): void
  /** Calls `send`, now or later. */
  transmit(send: () => void): void
  /** Sends the events that answer a turn. */
  answer(itemId: string, events: readonly ServerEvent[]): void
}
