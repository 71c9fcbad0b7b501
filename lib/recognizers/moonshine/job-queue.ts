type SessionItem = { readonly session: object }

/** A queue that serves sessions in turn. */
export class RoundRobin<T extends SessionItem> {
  /** In the order in which sessions are served. */
  readonly #waiting = new Map<object, T[]>()
  #size = 0

  get size(): number {
    return this.#size
  }

  add(item: T): void {
    const own = this.#waiting.get(item.session)
    if (own) own.push(item)
    else this.#waiting.set(item.session, [item])
    this.#size++
  }

  /** Takes the oldest item of the next session, which becomes the last. */
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

  remove(item: T): void {
    const own = this.#waiting.get(item.session) ?? []
    const at = own.indexOf(item)
    if (at < 0) return
    own.splice(at, 1)
    if (own.length === 0) this.#waiting.delete(item.session)
    this.#size--
  }
}

/** A final or a partial transcript of live speech, or a turn of a file. */
export type Priority = 'final' | 'partial' | 'file'

type PrioritizedJob = SessionItem & {
  readonly priority: Priority
  readonly cost: number
}

/** Share of files, relative to the live work done while they wait. */
const FILE_SHARE = 1 / 4

/**
 * Orders the jobs of a recogniser. Live speech goes before files, and its
 * finals before its partial transcripts. If both wait, files get a fifth of the
 * work (deficit round robin, Shreedhar and Varghese 1995). Within a priority,
 * sessions take turns.
 */
export class JobQueue<T extends PrioritizedJob> {
  readonly #jobs: Readonly<Record<Priority, RoundRobin<T>>> = {
    final: new RoundRobin(),
    partial: new RoundRobin(),
    file: new RoundRobin(),
  }
  readonly #credit: number
  /** Work due to files; negative if they had more than their share. */
  #due = 0

  /** @param credit maximum earlier work of files that counts against them */
  constructor(credit: number) {
    this.#credit = credit
  }

  add(job: T): void {
    this.#jobs[job.priority].add(job)
  }

  remove(job: T): void {
    this.#jobs[job.priority].remove(job)
  }

  take(): T | undefined {
    const { final, partial, file } = this.#jobs
    const both = file.size > 0 && final.size + partial.size > 0
    const job =
      both && this.#due > 0
        ? file.take()
        : (final.take() ?? partial.take() ?? file.take())
    if (job?.priority === 'file')
      this.#due = Math.max(this.#due - job.cost, -this.#credit)
    else if (job && both) this.#due += job.cost * FILE_SHARE
    return job
  }
}
