

/** Something that waits, and for whom. */
type Owned = { readonly session: object }

/** What waits, taken in turns from the sessions that it is for. */
export class RoundRobin<T extends Owned> {
  /** Whoever is next comes first. */
  readonly #waiting = new Map<object, T[]>()
  #size = 0

  /** How many wait. */
  get size(): number {
    return this.#size
  }

  add(item: T): void {
    const own = this.#waiting.get(item.session)
    if (own) own.push(item)
    else this.#waiting.set(item.session, [item])
    this.#size++
  }

  /** The oldest of the session whose turn it is, which is last from now on. */
  take(): T | undefined {
    for (const [session, own] of this.#waiting) {
      const item = own.shift()
      this.#waiting.delete(session)
      if (own.length > 0) this.#waiting.set(session, own)
      this.#size--
      return item
    }
    return undefined
  }

  /** Takes one out of its turn, if it still waits. */
  remove(item: T): void {
    const own = this.#waiting.get(item.session) ?? []
    const at = own.indexOf(item)
    if (at < 0) return
    own.splice(at, 1)
    if (own.length === 0) this.#waiting.delete(item.session)
    this.#size--
  }
}

/**
 * What waits for a recogniser: a final of live speech, what is heard so far
 * in a live turn, or a turn of a file.
 */
export type Urgency = 'final' | 'guess' | 'file'

/** A job that waits. */
type Waiting = Owned & {
  readonly urgency: Urgency
  /** What it takes, in whatever unit all jobs have. */
  readonly cost: number
}

/** For so much of live work done while files wait, ... */
const LIVE_SHARE = 4
/** ... files get this much. */
const FILE_SHARE = 1

/**
 * Which job is next. Live speech goes before files, and its finals before its
 * guesses; but where both wait, files get a fifth of the work (deficit round
 * robin, Shreedhar and Varghese 1995). Among equals, sessions take turns: one
 * with many jobs keeps no other waiting.
 */
export class JobQueue<T extends Waiting> {
  readonly #jobs: Readonly<Record<Urgency, RoundRobin<T>>> = {
    final: new RoundRobin(),
    guess: new RoundRobin(),
    file: new RoundRobin(),
  }
  /** Most that files can have had ahead. */
  readonly #credit: number
  /** Work that is due to files; negative: what they have had ahead. */
  #due = 0

  /**
   * @param credit how much of what files did while nobody else wanted to
   *   counts against them when somebody does
   */
  constructor(credit: number) {
    this.#credit = credit
  }

  add(job: T): void {
    this.#jobs[job.urgency].add(job)
  }

  /** Takes one out of its turn, if it still waits. */
  remove(job: T): void {
    this.#jobs[job.urgency].remove(job)
  }

  take(): T | undefined {
    const { final, guess, file } = this.#jobs
    const both = file.size > 0 && final.size + guess.size > 0
    const job =
      both && this.#due > 0
        ? file.take()
        : (final.take() ?? guess.take() ?? file.take())
    if (job?.urgency === 'file')
      this.#due = Math.max(this.#due - job.cost, -this.#credit)
    else if (job && both) this.#due += (job.cost * FILE_SHARE) / LIVE_SHARE
    return job
  }
}
