import { systemClock, type Clock } from '../../core/clock.ts'

/** How often nothing may happen before what is outstanding is given up. */
const MAX_WAITS = 3

/** Decides what a {@link Drain} does. */
export type DrainListener = {
  /** Whether there is a session that can answer. */
  isServed(): boolean
  /** Whether there has been no service for longer than `giveUpMs`. */
  isHopeless(): boolean
  /** Asks for another try. */
  onAgain(): void
  /** Gives up what is outstanding. */
  onOver(): void
}

/**
 * The wait for what is outstanding at the end of a source. Each time that
 * nothing has happened for `drainMs`, it asks for another try. The third time,
 * the wait is over. Time without a session does not count, as long as there is
 * hope for one. Whatever happens, the wait is over some time after the last
 * outcome.
 */
export class Drain {
  readonly #drainMs: number
  readonly #limitMs: number
  readonly #listener: DrainListener
  readonly #clock: Clock
  #waits = 0
  #stopWait: (() => void) | undefined
  #stopLimit: (() => void) | undefined

  constructor(
    { drainMs, giveUpMs }: { drainMs: number; giveUpMs: number },
    listener: DrainListener,
    clock: Clock = systemClock,
  ) {
    this.#drainMs = drainMs
    this.#limitMs = MAX_WAITS * (drainMs + giveUpMs)
    this.#listener = listener
    this.#clock = clock
  }

  /** The source has ended. */
  start(): void {
    this.#limit()
    this.#wait()
  }

  /** A turn is tried again, or there is another session for what is left. */
  renew(): void {
    if (this.#stopWait) this.#wait()
  }

  /** A turn has its outcome. */
  progress(): void {
    if (!this.#stopWait) return
    this.#waits = 0
    this.start()
  }

  stop(): void {
    this.#stopWait?.()
    this.#stopLimit?.()
    this.#stopWait = undefined
    this.#stopLimit = undefined
  }

  #wait(): void {
    this.#stopWait?.()
    this.#stopWait = this.#clock.after(this.#drainMs, () => this.#onWaited())
  }

  #limit(): void {
    this.#stopLimit?.()
    this.#stopLimit = this.#clock.after(this.#limitMs, () => this.#end())
  }

  #onWaited(): void {
    const isServed = this.#listener.isServed()
    if (isServed) this.#waits++
    if (this.#waits >= MAX_WAITS || (!isServed && this.#listener.isHopeless()))
      return this.#end()
    this.#wait()
    if (isServed) this.#listener.onAgain()
  }

  #end(): void {
    this.stop()
    this.#listener.onOver()
  }
}
