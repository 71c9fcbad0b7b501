import { given } from '../core/options.ts'
import type {
  DeltaEvent,
  FinalEvent,
  Word,
  TranscriptEvent,
} from '../core/transcript-event.ts'
import { LocalSession } from './local-session.ts'
import { SAMPLES_PER_MS } from './recognizer.ts'
import type { CommitHandlers, SpeechSessionOptions } from './speech-session.ts'

/** A turn that is merged from segments. */
class ManualTurn {
  readonly name: string
  readonly start: number
  hasSegment = false
  readonly #texts: string[] = []
  /** Undefined if a segment had none. */
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

  add({ text, words, language, start, end }: FinalEvent): void {
    if (text !== '') this.#texts.push(text)
    // One by one: hours of words are too many arguments for one call.
    if (words) for (const word of words) this.#words?.push(word)
    else this.#words = undefined
    this.#language = language ?? this.#language
    this.#from ??= start
    this.#to = end
  }

  delta({ text, at = 0 }: DeltaEvent, first: boolean): DeltaEvent {
    const space = first && this.#shown ? ' ' : ''
    this.#shown = true
    // The last delta before a forced cut may lie after the cut.
    this.#at = Math.max(this.#at, at)
    return { type: 'delta', turn: this.name, text: space + text, at: this.#at }
  }

  final(end: number): FinalEvent {
    return {
      type: 'final',
      turn: this.name,
      text: this.#texts.join(' '),
      start: this.#from ?? this.start,
      end: this.#to ?? end,
      ...given({ words: this.#words, language: this.#language }),
    }
  }
}

/**
 * Only silences of 2 s separate segments, so a turn that the client found by
 * voice activity is usually decoded in one piece.
 */
const segmentation = {
  prefixPaddingMs: 2_000,
  silenceDurationMs: 2_000,
  shortTurnSilenceMs: 2_000,
}

/** A turn of the inner session. */
type Segment = {
  readonly name: string
  /** Undefined after `clear()`. */
  turn: ManualTurn | undefined
  open: boolean
  isNew: boolean
  /** Deltas that wait for the final of the segment before. */
  readonly pendingDeltas: DeltaEvent[]
}

type EndedTurn = {
  readonly turn: ManualTurn
  readonly end: number
}

type ManualSessionOptions = Omit<SpeechSessionOptions, 'turns'>

/**
 * A session whose turns last from commit to commit. Each turn has one final,
 * with an empty text if nobody spoke. The session emits no `speech-start` and
 * `speech-end`. A turn may have any length: it is cut into segments, which are
 * decoded as they arrive and merged. Their audio is not kept.
 *
 * A gap and the end of the source end a turn as well. It then has a final only
 * if somebody spoke.
 *
 * `drainUncommitted()` returns the audio after the last closed segment. The
 * final of that turn comes when the session ends.
 */
export class ManualSession extends LocalSession {
  /** In order; only the last one may be open. */
  #segments: Segment[] = []
  readonly #ended: EndedTurn[] = []
  #turnCount = 0
  #open = this.#newTurn(0)
  #next = 0

  constructor(options: ManualSessionOptions) {
    super({ ...options, turns: segmentation, abruptFrom: 0 })
  }

  override push(samples: Float32Array, offset: number): Promise<void> {
    if (offset > this.#next) void this.#endTurn(offset)
    this.#next = offset + samples.length
    return super.push(samples, offset)
  }

  override commit(handlers: CommitHandlers = {}): Promise<void> {
    return this.#endTurn(this.#next, handlers)
  }

  override clear(): Promise<void> {
    const from = this.#next
    return this.#afterwards(super.clear(), () => {
      this.#dropOpenSegment()
      for (const segment of this.#segments)
        if (segment.turn === this.#open) segment.turn = undefined
      this.#open = this.#newTurn(from)
    })
  }

  override drainUncommitted(): Promise<Float32Array<ArrayBuffer>> {
    return this.#afterwards(super.drainUncommitted(), () =>
      this.#dropOpenSegment(),
    )
  }

  override end(): Promise<void> {
    void this.#endTurn(this.#next)
    return super.end()
  }

  override get settled(): number {
    const { start } = this.#ended[0]?.turn ?? this.#open
    return Math.min(start, super.settled)
  }

  /** Runs a step after a call and before the next call is processed. */
  #afterwards<T>(done: Promise<T>, step: () => void): Promise<T> {
    const all = done.then(result => {
      step()
      return result
    })
    all.catch(() => {}) // the caller handles it
    return all
  }

  /**
   * @param next sample at which the next turn begins
   * @param handlers given for a commit, after which a final always comes
   */
  #endTurn(next: number, handlers?: CommitHandlers): Promise<void> {
    const end = this.#next / SAMPLES_PER_MS
    return super.commit({
      before: () => handlers?.before?.(),
      after: () => {
        const turn = this.#open
        this.#open = this.#newTurn(next)
        if (handlers || turn.hasSegment) this.#ended.push({ turn, end })
        handlers?.after?.(turn.name)
        this.#emitFinals()
      },
    })
  }

  #newTurn(from: number): ManualTurn {
    return new ManualTurn(`turn-${++this.#turnCount}`, from / SAMPLES_PER_MS)
  }

  #dropOpenSegment(): void {
    if (this.#segments.at(-1)?.open) this.#segments.pop()
  }

  protected override emit(event: TranscriptEvent): void {
    if (event.type === 'speech-start') this.#openSegment(event.turn)
    else if (event.type === 'speech-end') this.#closeSegment()
    else if (event.type === 'delta') this.#onDelta(event)
    else if (event.type === 'final') this.#onFinal(event)
    else super.emit(event)
  }

  #openSegment(name: string): void {
    const turn = this.#open
    this.#segments.push({
      name,
      turn,
      open: true,
      isNew: true,
      pendingDeltas: [],
    })
  }

  #closeSegment(): void {
    this.#open.hasSegment = true
    this.#segments.at(-1)!.open = false
  }

  #onDelta(delta: DeltaEvent): void {
    const segment = this.#segments.find(({ name }) => name === delta.turn)!
    const { turn, pendingDeltas } = segment
    const oldest = this.#segments.find(one => one.turn === turn)
    if (oldest === segment) this.#emitDelta(segment, delta)
    else pendingDeltas.push(delta)
  }

  #emitDelta(segment: Segment, delta: DeltaEvent): void {
    const { turn, isNew } = segment
    segment.isNew = false
    if (turn) super.emit(turn.delta(delta, isNew))
  }

  #onFinal(final: FinalEvent): void {
    const { turn } = this.#segments.shift()!
    turn?.add(final)
    const [next] = this.#segments
    if (next && next.turn === turn)
      for (const delta of next.pendingDeltas.splice(0))
        this.#emitDelta(next, delta)
    this.#emitFinals()
  }

  /** Emits the finals of turns whose segments are all final, in order. */
  #emitFinals(): void {
    while (this.#ended.length > 0) {
      const { turn, end } = this.#ended[0]!
      if (this.#segments.some(segment => segment.turn === turn)) return
      this.#ended.shift()
      super.emit(turn.final(end))
    }
  }
}
