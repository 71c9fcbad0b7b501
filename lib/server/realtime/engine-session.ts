import { given } from '../../core/options.ts'
import type {
  FinalEvent,
  TranscriptEvent,
} from '../../core/transcript-event.ts'
import { RECOGNIZER_RATE } from '../../recognizers/recognizer.ts'
import { LocalSession } from '../../recognizers/local-session.ts'
import { ManualSession } from '../../recognizers/manual-session.ts'
import { SampleBuffer } from '../../recognizers/audio-run.ts'
import type {
  CommitHandlers,
  SpeechSession,
} from '../../recognizers/speech-session.ts'
import { VadSession } from '../../recognizers/vad-session.ts'
import type { Engines } from '../engines.ts'
import type { ConversationItem } from './conversation-items.ts'
import type { HookedSessionOptions, SessionHooks } from './session-hooks.ts'
import type { SessionPlan } from './session-plan.ts'

/** Most audio that is kept, in samples: one minute. */
const MAX_SAMPLES = 60 * RECOGNIZER_RATE

/**
 * Buffers the last minute of uncommitted audio while a session has no model,
 * since a model may be set before the commit.
 */
export class PendingAudio implements SpeechSession {
  #buffer = new SampleBuffer()
  #start = 0

  prepare(): void {}

  async push(samples: Float32Array): Promise<void> {
    this.#buffer.append(samples)
    this.#start = Math.max(this.#start, this.#buffer.end - MAX_SAMPLES)
    this.#buffer.dropBefore(this.#start)
  }

  async process(): Promise<void> {}

  async commit({ before, after }: CommitHandlers = {}): Promise<void> {
    before?.()
    after?.(undefined)
    await this.clear()
  }

  async clear(): Promise<void> {
    this.#buffer = new SampleBuffer()
    this.#start = 0
  }

  async drainUncommitted(): Promise<Float32Array<ArrayBuffer>> {
    const rest = this.#buffer.slice(this.#start, this.#buffer.end)
    await this.clear()
    return rest
  }

  async end(): Promise<void> {}

  readonly settled = Infinity
}

export type EngineSessionListener = {
  readonly onEvent: (engine: EngineSession, event: TranscriptEvent) => void
  /** The engine failed; no more events follow. */
  readonly onError: (engine: EngineSession) => void
  /** A turn gets no final; the session goes on. */
  readonly onTurnFailed: (engine: EngineSession, turn: string) => void
}

/** A session of the engine, used until the client's plan changes. */
export class EngineSession {
  readonly plan: SessionPlan
  readonly session: SpeechSession
  /** Resolves when the recogniser is ready; rejects if it fails. */
  readonly ready: Promise<void>
  /** Items of turns without a final, by the name of the turn. */
  readonly items = new Map<string, ConversationItem>()
  /** Finals of turns that belong to no item. */
  readonly unassignedFinals: FinalEvent[] = []
  readonly #abort = new AbortController()

  constructor(
    plan: SessionPlan,
    engines: Engines,
    { onEvent, onError, onTurnFailed }: EngineSessionListener,
    config: HookedSessionOptions['config'],
    hooks?: SessionHooks,
  ) {
    this.plan = plan
    if (hooks) {
      this.session = hooks.openSession({
        plan,
        config,
        onEvent: event => onEvent(this, event),
        onTurnFailed: turn => onTurnFailed(this, turn),
        signal: this.#abort.signal,
      })
      this.ready = Promise.resolve()
      return
    }
    const { kind, engine, turns, latency, transcribes } = plan
    const { language, keywords } = plan
    const model = given({ engine })
    const recognizer = engines.recognizerOf(model)
    const options = {
      recognizer,
      voiceActivity: engines.voiceActivityOf(model),
      ...given({ language, keywords, latency }),
      turns: turns ?? {},
      urgent: true,
      onEvent: (event: TranscriptEvent) => onEvent(this, event),
      onError: () => onError(this),
      signal: this.#abort.signal,
    }
    if (kind === 'buffer') this.session = new PendingAudio()
    else if (kind === 'manual') this.session = new ManualSession(options)
    else if (transcribes) this.session = new LocalSession(options)
    else
      this.session = new VadSession({ ...options, live: true, abruptFrom: 1 })
    // Without a model, only a voice activity detector is used, if any.
    const needed =
      kind !== 'buffer' && (transcribes || recognizer.voiceActivity)
    this.ready = Promise.resolve(
      needed ? recognizer.ready?.() : undefined,
    ).then(() => this.session.prepare())
    this.ready.catch(() => {}) // the next call of the session reports it
  }

  /** Finals of the engine's open turn do not belong to this item. */
  detach(item: ConversationItem | undefined): void {
    for (const [turn, its] of this.items)
      if (its === item) this.items.delete(turn)
  }

  abort(): void {
    this.#abort.abort()
  }
}
