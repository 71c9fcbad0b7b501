import type { Turn } from './turn-queue.ts'

/** One attempt at a turn; the server has an item for each. */
export type Attempt = {
  readonly turn: Turn
  readonly attempt: number
  /** Whether the server detected the turn and commits it. */
  readonly found: boolean
  /** Whether it was committed, by client or server. */
  committed: boolean
  /** Whether the server named the item that it committed. */
  confirmed: boolean
  /** Whether a delta named its item. */
  named: boolean
}

/**
 * What a `committed` event is about:
 *
 * - `ours`: a turn that this client committed.
 * - `found`: a turn that the server found.
 * - `repeated`: an item that was committed before.
 * - `unclear`: events were lost, or the server does not number its items.
 */
export type Commitment = 'ours' | 'found' | 'repeated' | 'unclear'

/** Whether it is the latest attempt at its turn. */
export const isCurrent = ({ turn, attempt }: Attempt): boolean =>
  attempt === turn.attempt

/**
 * Maps a session's items to turns. An item is assigned by the first event that
 * names it: a delta, `speech_started` or `committed`, which come in the order
 * of the turns. An answer with an unknown item belongs to the only unanswered
 * turn, if there is only one.
 */
export class ItemTracker {
  readonly #textFirst: boolean
  /** Attempts without an answer, in sending order. */
  #open: Attempt[] = []
  readonly #items = new Map<string, Attempt>()
  readonly #commitments = new Set<string>()
  #last: string | null = null
  /** Whether the server finds turns, so that unknown items may be new turns. */
  #serverFindsTurns = false
  /** Whether answers use the ids of committed items. */
  #answersByItem = false

  /** @param textFirst whether the model sends text before the commit */
  constructor(textFirst: boolean) {
    this.#textFirst = textFirst
  }

  /** Number of committed attempts without an answer. */
  get unanswered(): number {
    return this.#open.filter(({ committed }) => committed).length
  }

  /** Returns the attempt at the turn being sent; starts one if necessary. */
  attemptAt(turn: Turn): Attempt {
    const last = this.#open.findLast(({ found }) => !found)
    if (last && !last.committed && last.turn === turn) return last
    return this.#begin(turn, false)
  }

  clear(): void {
    this.#open = this.#open.filter(({ committed }) => committed)
  }

  expectServerTurns(): void {
    this.#serverFindsTurns = true
  }

  /**
   * Whether the previous item is known, or the server does not number items.
   */
  follows(previous: string | null | undefined): boolean {
    return (
      previous == null || previous === this.#last || this.#items.has(previous)
    )
  }

  assign(item: string, turn: Turn): void {
    if (this.turnOf(item) === turn) return
    const attempt = this.#begin(turn, true)
    attempt.committed = this.#commitments.has(item)
    this.#items.set(item, attempt)
  }

  turnOf(item: string): Turn | undefined {
    return this.#items.get(item)?.turn
  }

  /**
   * Handles `committed`.
   *
   * @param previous the item before it; undefined if the server does not say
   */
  commit(item: string, previous: string | null | undefined): Commitment {
    if (this.#commitments.has(item)) return 'repeated'
    const known = this.#items.get(item)
    const waiting = this.#open.filter(
      one => !one.found && one.committed && !one.confirmed,
    )
    // Some servers always send null or nothing.
    const broken = previous != null && previous !== this.#last
    if (broken && !known && waiting.length !== 1) return 'unclear'
    this.#last = item
    this.#commitments.add(item)
    const one = known ?? waiting[0]
    if (known?.found) known.committed = true
    if (!one?.committed || one.found) return 'found'
    one.confirmed = true
    this.#items.set(item, one)
    return 'ours'
  }

  attemptOfDelta(item: string): Attempt | undefined {
    const known = this.#items.get(item)
    if (known) return known
    const next = this.#textFirst
      ? this.#open.find(one => !one.found && !one.confirmed && !one.named)
      : this.#attemptOfUnknown(item)
    if (!next) return undefined
    next.named = true
    this.#items.set(item, next)
    return next
  }

  /**
   * Returns the attempt that `completed` or `failed` is about. `unclear`: it
   * may be one of several. `stray`: none is waiting for an answer.
   */
  attemptOfAnswer(item: string): Attempt | 'unclear' | 'stray' {
    const known = this.#items.get(item)
    // An assignment by a delta may be wrong.
    const isCertain = known?.found || this.#commitments.has(item)
    if (known && isCertain) this.#answersByItem = true
    const attempt = known && isCertain ? known : this.#attemptOfUnknown(item)
    if (!attempt) return this.unanswered > 0 ? 'unclear' : 'stray'
    this.#items.set(item, attempt)
    this.#open = this.#open.filter(one => one !== attempt)
    return attempt
  }

  wasCommitted(item: string): boolean {
    return this.#commitments.has(item)
  }

  takeRefused(eventId: string | null | undefined): Attempt | undefined {
    const refused = this.#open.find(
      ({ turn, committed, found }) =>
        committed && !found && turn.id === eventId,
    )
    this.#open = this.#open.filter(one => one !== refused)
    return refused
  }

  #begin(turn: Turn, found: boolean): Attempt {
    const attempt = {
      turn,
      attempt: turn.attempt,
      found,
      committed: false,
      confirmed: false,
      named: false,
    }
    this.#open.push(attempt)
    return attempt
  }

  #attemptOfUnknown(item: string): Attempt | undefined {
    const mayBeNew = this.#serverFindsTurns
    if (mayBeNew && (this.#answersByItem || this.#commitments.has(item)))
      return undefined
    const waiting = this.#open.filter(({ found, committed, confirmed }) =>
      mayBeNew ? found || (committed && !confirmed) : committed,
    )
    return waiting.length === 1 ? waiting[0] : undefined
  }
}
