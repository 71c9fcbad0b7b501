/**
 * What a server that finds turns sends for each of them:
 *
 * - `started`, `stopped`: the events of that name, with a place.
 * - `committed`: the event of that name.
 * - `previous`: the item before it, in `committed`.
 */
export type ServerHabit = 'started' | 'stopped' | 'committed' | 'previous'

/** So often an event may be missing until the server is taken not to have it. */
const MAX_MISSED = 3

/** Tells events that were lost from those that a server never sends. */
export class ServerHabits {
  readonly #seen = new Set<ServerHabit>()
  readonly #missed = new Map<ServerHabit, number>()

  /** It came. */
  saw(habit: ServerHabit): void {
    this.#seen.add(habit)
  }

  /** It did not come where it should have; returns whether it was lost. */
  lacks(habit: ServerHabit): boolean {
    if (this.#seen.has(habit)) return true
    const missed = (this.#missed.get(habit) ?? 0) + 1
    this.#missed.set(habit, missed)
    return missed <= MAX_MISSED
  }
}
