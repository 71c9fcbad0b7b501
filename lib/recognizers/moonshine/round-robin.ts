/** Something that waits, and for whom. */
export type Owned = { readonly session: object }

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
