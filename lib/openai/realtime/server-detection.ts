import type { TurnMark } from '../../core/turn-detector.ts'
import type { AudioStore } from './audio-store.ts'
import { SAMPLES_PER_MS } from './event-writer.ts'
import type { RealtimeSession } from './realtime-session.ts'
import type { SessionPlan } from './session-settings.ts'
import type { TurnSenderOptions } from './turn-sender.ts'

export type ServerTurnsOptions = Omit<TurnSenderOptions, 'settleMs'> & {
  readonly plan: SessionPlan
  readonly onMark: (mark: TurnMark) => void
  readonly onProcessed: () => void
  /** The server did not answer, or one of its events was lost. */
  readonly onUnreliable: (session: RealtimeSession, problem: string) => void
  readonly onWarning: (problem: string) => void
  /** Timeout for an answer of the server, in ms. */
  readonly answerMs: number
}

/** Silence in addition to the server's own limit, to end a turn reliably. */
const TAIL_MS = 500

/** Switches a session's turn detection on and off. */
export class ServerDetection {
  readonly #plan: SessionPlan
  /** Silence that ends a turn, in ms; 0 if not set. */
  readonly silenceMs: number
  /** Audio before a turn that belongs to it, in ms; 0 if not set. */
  readonly paddingMs: number

  constructor(plan: SessionPlan) {
    this.#plan = plan
    this.silenceMs = Number(plan.serverTurns?.['silence_duration_ms'] ?? 0)
    this.paddingMs = Number(plan.serverTurns?.['prefix_padding_ms'] ?? 0)
  }

  on(session: RealtimeSession): void {
    this.#configure(session, this.#plan.serverTurns ?? null)
  }

  off(session: RealtimeSession): void {
    this.#configure(session, null)
  }

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
 * What a server sends for each turn that it detects: the events
 * `speech_started`, `speech_stopped` and `committed`, and the previous item in
 * `committed`.
 */
export type ExpectedEvent = 'started' | 'stopped' | 'committed' | 'previous'

/** Missing events after which the server is taken not to send them. */
const MAX_MISSED = 3

/** Distinguishes lost events from those that a server never sends. */
export class ExpectedEvents {
  readonly #seen = new Set<ExpectedEvent>()
  readonly #missed = new Map<ExpectedEvent, number>()

  received(habit: ExpectedEvent): void {
    this.#seen.add(habit)
  }

  isLost(habit: ExpectedEvent): boolean {
    if (this.#seen.has(habit)) return true
    const missed = (this.#missed.get(habit) ?? 0) + 1
    this.#missed.set(habit, missed)
    return missed <= MAX_MISSED
  }
}

const MAX_SESSIONS = 3

/** Counts consecutive sessions that end at the same place. */
export class StallDetector {
  #at = -1
  #sessions = 0
  #reached = Infinity

  /**
   * Notes the end of a session.
   *
   * @param at first sample in which the server had not decided on a turn
   * @param sent sample after the last one sent
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
  /** First sample, of the session's audio. */
  readonly session: number
  readonly source: number
  /** End in the source: audio after it was added. */
  limit: number
}

/** Converts places in a session's audio to places in the source. */
export class SessionClock {
  readonly #segments: Segment[] = []

  /** From sample `session`, the session's audio is the source from `source`. */
  start(session: number, source: number): void {
    this.#segments.push({ session, source, limit: Infinity })
  }

  /** Audio in the session after this sample of the source was added. */
  stop(limit: number): void {
    const last = this.#segments.at(-1)
    if (last) last.limit = limit
  }

  toSource(session: number): number {
    const segment =
      this.#segments.findLast(one => one.session <= session) ??
      this.#segments[0]
    if (!segment) return 0
    const { source, limit } = segment
    return Math.max(source, Math.min(limit, source + session - segment.session))
  }
}

/** Samples per measured level: 100 ms. */
const WINDOW = 100 * SAMPLES_PER_MS
/** Mean level (RMS) from which audio is probably speech: −30 dB. */
const SPEECH = 0.03 * 32_768
/** Level of a sample above which audio is not silence. */
const PEAK = 0.02 * 32_768

/** Counts the samples (s16le) in windows as loud as speech. */
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

/** Measures audio in which the server found no turn. */
export class LoudAudio {
  readonly #store: AudioStore
  /** Samples as loud as speech since the last turn, before `#until`. */
  #samples = 0
  #until = 0

  constructor(store: AudioStore) {
    this.#store = store
  }

  async mayBeSpeech(from: number, to: number): Promise<boolean> {
    const bytes = await this.#store.read(Math.max(from, this.#store.start), to)
    for (let at = 0; at + 1 < bytes.length; at += 2)
      if (Math.abs(bytes.readInt16LE(at)) > PEAK) return true
    return false
  }

  /**
   * Counts samples as loud as speech from the end of the last turn to a place.
   * Each call reads only the audio since the last one.
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
