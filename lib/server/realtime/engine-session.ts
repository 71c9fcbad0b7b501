import type {
  FinalEvent,
  TranscriptEvent,
} from '../../core/transcript-event.ts'
import { LocalSession } from '../../recognizers/local-session.ts'
import { ManualSession } from '../../recognizers/manual-session.ts'
import { SampleBuffer } from '../../recognizers/sample-buffer.ts'
import type {
  CommitHandlers,
  SpeechSession,
} from '../../recognizers/speech-session.ts'
import type { Engines } from '../engines.ts'
import type { ConversationItem } from './conversation-items.ts'
import type { HookedSessionOptions, SessionHooks } from './session-hooks.ts'
import type { SessionPlan } from './session-plan.ts'
import { VadSession } from './vad-session.ts'

/** Most audio that is kept, in samples: a minute. */
const MAX_SAMPLES = 960_000

/**
 * Keeps what was not committed, the last minute of it, while there is nobody
 * to recognise it: a model may come before the commit.
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

  async advance(): Promise<void> {}

  async commit({ before, after }: CommitHandlers = {}): Promise<void> {
    before?.()
    after?.(undefined)
    await this.clear()
  }

  async clear(): Promise<void> {
    this.#buffer = new SampleBuffer()
    this.#start = 0
  }

  async leave(): Promise<Float32Array<ArrayBuffer>> {
    const rest = this.#buffer.slice(this.#start, this.#buffer.end)
    await this.clear()
    return rest
  }

  async end(): Promise<void> {}

  readonly settled = Infinity
}

/** Who is told of what is heard. */
export type EngineSessionListener = {
  readonly onEvent: (hearing: EngineSession, event: TranscriptEvent) => void
  /** Nothing more comes of it. */
  readonly onError: (hearing: EngineSession) => void
  /** A turn gets no final; the session goes on. */
  readonly onTurnFailed: (hearing: EngineSession, turn: string) => void
}

/** One session of the engine, which serves a client until its plan changes. */
export class EngineSession {
  readonly plan: SessionPlan
  readonly session: SpeechSession
  /** Resolves when the recogniser can work; rejects if it cannot. */
  readonly ready: Promise<void>
  /** The engine's turns, by name, that have no final yet. */
  readonly items = new Map<string, ConversationItem>()
  /** Finals of turns that are no items. */
  readonly finalsOfNoItem: FinalEvent[] = []
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
    const model = { ...(engine && { engine }) }
    const recognizer = engines.recognizerOf(model)
    const options = {
      recognizer,
      voiceActivity: engines.voiceActivityOf(model),
      ...(language !== undefined && { language }),
      ...(keywords && { keywords }),
      turns: turns ?? {},
      ...(latency && { latency }),
      urgent: true,
      onEvent: (event: TranscriptEvent) => onEvent(this, event),
      onError: () => onError(this),
      signal: this.#abort.signal,
    }
    if (kind === 'hold') this.session = new PendingAudio()
    else if (kind === 'manual') this.session = new ManualSession(options)
    else if (transcribes) this.session = new LocalSession(options)
    else this.session = new VadSession(options)
    // Where no words are wanted, only its voice activity is used, if it has one.
    const needed = kind !== 'hold' && (transcribes || recognizer.voiceActivity)
    this.ready = Promise.resolve(
      needed ? recognizer.ready?.() : undefined,
    ).then(() => this.session.prepare())
    this.ready.catch(() => {}) // whoever asks something of the session gets it
  }

  /** Its open turn is this item no more. */
  detach(item: ConversationItem | undefined): void {
    for (const [turn, its] of this.items)
      if (its === item) this.items.delete(turn)
  }

  /** Ends all that is under way. */
  abort(): void {
    this.#abort.abort()
  }
}
