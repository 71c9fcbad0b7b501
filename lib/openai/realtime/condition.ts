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
