import type {
  FinalEvent,
  TranscriptEvent,
} from '../../core/transcript-event.ts'
import { LocalSession } from '../../recognizers/local-session.ts'
import { ManualSession } from '../../recognizers/manual-session.ts'
import type { SpeechSession } from '../../recognizers/speech-session.ts'
import type { Engines } from '../engines.ts'
import { HeldAudio } from './held-audio.ts'
import type { HearingPlan } from './hearing-plan.ts'
import type { Item } from './items.ts'
import { VadSession } from '../../recognizers/vad-session.ts'

/** Who is told of what is heard. */
export type HearingListener = {
  readonly onEvent: (hearing: Hearing, event: TranscriptEvent) => void
  /** Nothing more comes of it. */
  readonly onError: (hearing: Hearing) => void
}

/** One session of the engine, which serves a client until its plan changes. */
export class Hearing {
  readonly plan: HearingPlan
  readonly session: SpeechSession
  /** Resolves when the recogniser can work; rejects if it cannot. */
  readonly ready: Promise<void>
  /** The engine's turns, by name, that have no final yet. */
  readonly items = new Map<string, Item>()
  /** Finals of turns that are no items. */
  readonly unclaimed: FinalEvent[] = []
  readonly #abort = new AbortController()

  constructor(
    plan: HearingPlan,
    engines: Engines,
    { onEvent, onError }: HearingListener,
  ) {
    this.plan = plan
    const { kind, engine, turns, latency, recognises } = plan
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
    if (kind === 'hold') this.session = new HeldAudio()
    else if (kind === 'manual') this.session = new ManualSession(options)
    else if (recognises) this.session = new LocalSession(options)
    else
      this.session = new VadSession({ ...options, live: true, abruptFrom: 1 })
    // Where no words are wanted, only its voice activity is used, if it has one.
    const needed = kind !== 'hold' && (recognises || recognizer.voiceActivity)
    this.ready = Promise.resolve(
      needed ? recognizer.ready?.() : undefined,
    ).then(() => this.session.prepare())
    this.ready.catch(() => {}) // whoever asks something of the session gets it
  }

  /** Its open turn is this item no more. */
  disown(item: Item | undefined): void {
    for (const [turn, its] of this.items)
      if (its === item) this.items.delete(turn)
  }

  /** Ends all that is under way. */
  abort(): void {
    this.#abort.abort()
  }
}
