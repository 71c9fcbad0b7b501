import type { Step } from './turn-sender.ts'

/** Takes one step after another, one at a time, while there is any to take. */
export class StepLoop {
  readonly #step: () => Promise<Step>
  readonly #onError: (error: Error) => void
  #running = false
  #again = false
  #over = false
  #timer: NodeJS.Timeout | undefined

  /** @param step takes the next step and says when to take another */
  constructor(step: () => Promise<Step>, onError: (error: Error) => void) {
    this.#step = step
    this.#onError = onError
  }

  /** There may be something to do. */
  run(): void {
    this.#again = true
    if (this.#running || this.#over) return
    this.#running = true
    clearTimeout(this.#timer)
    this.#runAll().catch(this.#onError)
  }

  stop(): void {
    this.#over = true
    clearTimeout(this.#timer)
  }

  async #runAll(): Promise<void> {
    while (this.#again && !this.#over) {
      this.#again = false
      const step = await this.#step()
      if (step === 'done') this.#again = true
      else if (step !== 'idle' && !this.#over) {
        clearTimeout(this.#timer)
        this.#timer = setTimeout(() => this.run(), step.waitMs)
      }
    }
    // Not a moment later: who asks in between would be heard by nobody.
    this.#running = false
  }
}

/** Lets callers wait until something is so. */
export class Condition {
  #waiting: (() => void)[] = []

  /** Resolves when it is so; it looks again after each {@link changed}. */
  async until(isSo: () => boolean): Promise<void> {
    while (!isSo())
      await new Promise<void>(resolve => this.#waiting.push(resolve))
  }

  /** Something that callers wait for may be so now. */
  changed(): void {
    for (const resolve of this.#waiting.splice(0)) resolve()
  }
}
