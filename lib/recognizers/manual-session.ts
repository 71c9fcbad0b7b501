import type { DeltaEvent, FinalEvent, Word, TranscriptEvent } from '../core/transcript-event.ts'
import { LocalSession } from './local-session.ts'
import type { CommitHandlers, SessionOptions, SpeechSession } from './speech-session.ts'

/** A turn that is put together from segments. */
class ManualTurn {
  readonly name: string
  /** Where its audio begins, in ms. */
  readonly start: number
  /** Whether it has a segment that is closed. */
  heard = false
  readonly #texts: string[] = []
  /** Undefined, once a segment had none. */
  #words: Word[] | undefined = []
  #language: string | undefined
  #from: number | undefined
  #to: number | undefined
  #shown = false
  #at = 0

  constructor(name: string, start: number) {
    this.name = name
    this.start = start
  }

  /** Takes the final of its next segment. */
  add({ text, words, language, start, end }: FinalEvent): void {
    if (text !== '') this.#texts.push(text)
    // One by one: hours of them are too many arguments.
    if (words) for (const word of words) this.#words?.push(word)
    else this.#words = undefined
    this.#language = language ?? this.#language
    this.#from ??= start
    this.#to = end
  }

  /**
   * A delta of a segment as one of this turn.
   *
   * @param first whether it is the first of its segment
   */
  delta({ text, at = 0 }: DeltaEvent, first: boolean): DeltaEvent {
    const space = first && this.#shown ? ' ' : ''
    this.#shown = true
    // What was heard last before a forced cut may lie behind it.
    this.#at = Math.max(this.#at, at)
    return { type: 'delta', turn: this.name, text: space + text, at: this.#at }
  }

  /** @param end where its audio ends, in ms */
  final(end: number): FinalEvent {
    return {
      type: 'final',
      turn: this.name,
      text: this.#texts.join(' '),
      start: this.#from ?? this.start,
      end: this.#to ?? end,
      ...(this.#words && { words: this.#words }),
      ...(this.#language !== undefined && { language: this.#language }),
    }
  }
}

const SAMPLES_PER_MS = 16

/**
 * How the audio of a turn is cut into segments: where somebody is silent for
 * 2 s. Less silence stays, so that a turn that was found by voice activity
 * is decoded as it is.
 */
const segmentation = {
  prefixPaddingMs: 2_000,
  silenceDurationMs: 2_000,
  shortTurnSilenceMs: 2_000,
}

/** A turn of the session that finds segments. */
type Segment = {
  readonly name: string
  /** The turn that it is part of; none, once that was cleared. */
  turn: ManualTurn | undefined
  open: boolean
  /** Whether none of its text has been shown. */
  first: boolean
  /** Deltas that wait for the segment before. */
  readonly held: DeltaEvent[]
}

/** A turn that is over, and has no final yet. */
type Ended = {
  readonly turn: ManualTurn
  /** Where its audio ends, in ms. */
  readonly end: number
}

/** Options of {@link ManualSession}. */
type ManualSessionOptions = Omit<SessionOptions, 'turns'>

/**
 * A session whose turns last from commit to commit: each has one final, with
 * no text where nothing was said, and there are no `speech-start` and
 * `speech-end`. A turn may be of any length: it is cut into segments, which
 * are decoded as they come and merged; their audio is not kept.
 *
 * A gap and the end of the source end a turn too; it has a final where
 * something was said in it.
 *
 * `leave()` is for a change of sessions in the middle of a turn: it hands out
 * the audio that is not in a closed segment. What was decoded before is a
 * turn that ends there, and has a final once this session ends.
 */
export class ManualSession implements SpeechSession {
  readonly #onEvent: (event: TranscriptEvent) => void
  readonly #session: LocalSession
  /** In order; the last may be open. */
  #segments: Segment[] = []
  readonly #ended: Ended[] = []
  #open: ManualTurn
  #turnCount = 0
  /** Sample of the source that is expected next. */
  #next = 0

  constructor(options: ManualSessionOptions) {
    this.#onEvent = options.onEvent
    this.#session = new LocalSession({
      ...options,
      turns: segmentation,
      abrupt: true,
      onEvent: event => this.#take(event),
    })
    this.#open = this.#newTurn(0)
  }

  prepare(): void {
    this.#session.prepare()
  }

  push(samples: Float32Array, offset: number): Promise<void> {
    if (offset > this.#next) void this.#end(offset)
    this.#next = offset + samples.length
    return this.#session.push(samples, offset)
  }

  advance(): Promise<void> {
    return this.#session.advance()
  }

  foresee(tail: Float32Array): Promise<void> {
    return this.#session.foresee(tail)
  }

  commit(told: CommitHandlers = {}): Promise<void> {
    return this.#end(this.#next, told)
  }

  clear(): Promise<void> {
    const from = this.#next
    return this.#afterwards(this.#session.clear(), () => {
      this.#abandon()
      for (const segment of this.#segments)
        if (segment.turn === this.#open) segment.turn = undefined
      this.#open = this.#newTurn(from)
    })
  }

  leave(): Promise<Float32Array<ArrayBuffer>> {
    return this.#afterwards(this.#session.leave(), () => this.#abandon())
  }

  end(): Promise<void> {
    void this.#end(this.#next)
    return this.#session.end()
  }

  get settled(): number {
    const { start } = this.#ended[0]?.turn ?? this.#open
    return Math.min(start, this.#session.settled)
  }

  /** Does something before whatever is asked of the session next. */
  #afterwards<T>(done: Promise<T>, step: () => void): Promise<T> {
    const all = done.then(result => {
      step()
      return result
    })
    all.catch(() => {}) // whoever asked for it gets it
    return all
  }

  /**
   * Ends the open turn.
   *
   * @param next sample at which the next begins
   * @param told given for a commit, which has a final in any case
   */
  #end(next: number, told?: CommitHandlers): Promise<void> {
    const end = this.#next / SAMPLES_PER_MS
    return this.#session.commit({
      before: () => told?.before?.(),
      after: () => {
        const turn = this.#open
        this.#open = this.#newTurn(next)
        if (told || turn.heard) this.#ended.push({ turn, end })
        told?.after?.(turn.name)
        this.#release()
      },
    })
  }

  #newTurn(from: number): ManualTurn {
    return new ManualTurn(`turn-${++this.#turnCount}`, from / SAMPLES_PER_MS)
  }

  /** The session has given its open turn up. */
  #abandon(): void {
    if (this.#segments.at(-1)?.open) this.#segments.pop()
  }

  #take(event: TranscriptEvent): void {
    if (event.type === 'speech-start') this.#begin(event.turn)
    else if (event.type === 'speech-end') this.#close()
    else if (event.type === 'delta') this.#hear(event)
    else if (event.type === 'final') this.#finish(event)
    else this.#onEvent(event)
  }

  #begin(name: string): void {
    const turn = this.#open
    this.#segments.push({ name, turn, open: true, first: true, held: [] })
  }

  #close(): void {
    this.#open.heard = true
    this.#segments.at(-1)!.open = false
  }

  #hear(delta: DeltaEvent): void {
    const segment = this.#segments.find(({ name }) => name === delta.turn)!
    const { turn, held } = segment
    const now = this.#segments.find(one => one.turn === turn)
    if (now === segment) this.#show(segment, delta)
    else held.push(delta) // the segment before it has not been told yet
  }

  #show(segment: Segment, delta: DeltaEvent): void {
    const { turn, first } = segment
    segment.first = false
    if (turn) this.#onEvent(turn.delta(delta, first))
  }

  #finish(final: FinalEvent): void {
    const { turn } = this.#segments.shift()!
    turn?.add(final)
    const [next] = this.#segments
    if (next && next.turn === turn)
      for (const delta of next.held.splice(0)) this.#show(next, delta)
    this.#release()
  }

  /** Tells the finals of the turns that are whole, in order. */
  #release(): void {
    for (;;) {
      const [ended] = this.#ended
      if (!ended) return
      const { turn, end } = ended
      if (this.#segments.some(segment => segment.turn === turn)) return
      this.#ended.shift()
      this.#onEvent(turn.final(end))
    }
  }
}
