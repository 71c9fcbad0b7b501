import type { TurnMark } from '../../core/turn-detector.ts'
import type { AudioStore } from './audio-store.ts'
import { SAMPLES_PER_MS } from './event-writer.ts'
import type { RealtimeSession } from './realtime-session.ts'
import type { SessionPlan } from './session-settings.ts'
import type { TurnSenderOptions } from './turn-sender.ts'

/** What `ServerTurns` needs to know. */
export type ServerTurnsOptions = Omit<
  TurnSenderOptions,
  'settled' | 'settleMs'
> & {
  readonly plan: SessionPlan
  readonly onMark: (mark: TurnMark) => void
  /** The server has heard more. */
  readonly onHeard: () => void
  /** The server did not answer, or an event of it is missing. */
  readonly onUnreliable: (session: RealtimeSession, problem: string) => void
  readonly onWarning: (problem: string) => void
  /** For an answer of the server, in ms. */
  readonly answerMs: number
}

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

/**
 * What a server that finds turns sends for each of them:
 *
 * - `started`, `stopped`: the events of that name, with a place.
 * - `committed`: the event of that name.
 * - `previous`: the item before it, in `committed`.
 */
export type ExpectedEvent = 'started' | 'stopped' | 'committed' | 'previous'

/** So often an event may be missing until the server is taken not to have it. */
const MAX_MISSED = 3

/** Tells events that were lost from those that a server never sends. */
export class ExpectedEvents {
  readonly #seen = new Set<ExpectedEvent>()
  readonly #missed = new Map<ExpectedEvent, number>()

  /** It came. */
  received(habit: ExpectedEvent): void {
    this.#seen.add(habit)
  }

  /** It did not come where it should have; returns whether it was lost. */
  isLost(habit: ExpectedEvent): boolean {
    if (this.#seen.has(habit)) return true
    const missed = (this.#missed.get(habit) ?? 0) + 1
    this.#missed.set(habit, missed)
    return missed <= MAX_MISSED
  }
}

/** Sessions that may end at the same place. */
const MAX_SESSIONS = 3

/** Counts sessions in a row that end before they get past the same place. */
export class StallDetector {
  #at = -1
  #sessions = 0
  #reached = Infinity

  /**
   * A session has ended.
   *
   * @param at first sample that it did not decide on
   * @param sent sample after the last that it got
   * @returns sample up to which each of the last three sessions got audio;
   *   undefined if fewer ended at this place
   */
  sessionEnded(at: number, sent: number): number | undefined {
    if (this.#at !== at) {
      this.#at = at
      this.#sessions = 0
      this.#reached = Infinity
    }
    if (sent > at) {
      this.#sessions++
      this.#reached = Math.min(this.#reached, sent)
    }
    return this.#sessions < MAX_SESSIONS ? undefined : this.#reached
  }
}

type Segment = {
  /** Sample of the session's audio. */
  readonly session: number
  /** Sample of the source that it is. */
  readonly source: number
  /** Sample of the source at which it ends: what follows was added. */
  limit: number
}

/** Which sample of the source a sample of a session's audio is. */
export class SessionClock {
  readonly #segments: Segment[] = []

  /** From this sample of the session on, it is the source from here on. */
  start(session: number, source: number): void {
    this.#segments.push({ session, source, limit: Infinity })
  }

  /** The source ends at a sample; what follows in the session is none of it. */
  stop(limit: number): void {
    const last = this.#segments.at(-1)
    if (last) last.limit = limit
  }

  /** Place in the source of a sample of the session. */
  toSource(session: number): number {
    const segment =
      this.#segments.findLast(one => one.session <= session) ??
      this.#segments[0]
    if (!segment) return 0
    const { source, limit } = segment
    return Math.max(source, Math.min(limit, source + session - segment.session))
  }
}

/** Audio whose level is measured at a time: 100 ms. */
const WINDOW = 100 * SAMPLES_PER_MS
/** Mean level (RMS) from which audio may well be speech: −30 dB. */
const SPEECH = 0.03 * 32_768
/** Level of a single sample above which audio is not taken for silence. */
const PEAK = 0.02 * 32_768

/** Samples (s16le) in windows that are as loud as speech. */
const loudSamples = (bytes: Buffer): number => {
  let loud = 0
  for (let from = 0; from < bytes.length; from += 2 * WINDOW) {
    const window = bytes.subarray(from, from + 2 * WINDOW)
    let energy = 0
    for (let at = 0; at + 1 < window.length; at += 2)
      energy += window.readInt16LE(at) ** 2
    const samples = window.length / 2
    if (Math.sqrt(energy / samples) >= SPEECH) loud += samples
  }
  return loud
}

/** Measures how loud the audio is in which a server found no turn. */
export class LoudAudio {
  readonly #store: AudioStore
  /** Samples as loud as speech since the last turn, up to a place. */
  #samples = 0
  #until = 0

  constructor(store: AudioStore) {
    this.#store = store
  }

  /** Whether a range of the source may contain speech. */
  async mayBeSpeech(from: number, to: number): Promise<boolean> {
    const bytes = await this.#store.read(Math.max(from, this.#store.start), to)
    for (let at = 0; at + 1 < bytes.length; at += 2)
      if (Math.abs(bytes.readInt16LE(at)) > PEAK) return true
    return false
  }

  /**
   * Samples as loud as speech from the end of the last turn up to a place.
   * Each call reads only what has come since the last one.
   */
  async since(turnEnd: number, until: number): Promise<number> {
    const from = Math.max(turnEnd, this.#until, this.#store.start)
    if (from === turnEnd) this.#samples = 0
    this.#until = Math.max(this.#until, until)
    if (from < until)
      this.#samples += loudSamples(await this.#store.read(from, until))
    return this.#samples
  }
}
