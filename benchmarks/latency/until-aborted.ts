/**
 * The values of an iterable until it ends, or until a signal aborts, even
 * where the iterable does not heed it.
 *
 * @throws what the iterable throws, or the signal's reason
 */
export async function* untilAborted<T>(
  values: AsyncIterable<T>,
  signal: AbortSignal,
): AsyncGenerator<T> {
  signal.throwIfAborted()
  const aborted = new Promise<never>((_, reject) => {
    const abort = (): void => reject(signal.reason as Error)
    signal.addEventListener('abort', abort, { once: true })
  })
  aborted.catch(() => {}) // it may come when nobody waits
  const iterator = values[Symbol.asyncIterator]()
  for (;;) {
    const { done, value } = await Promise.race([iterator.next(), aborted])
    if (done) return
    yield value
  }
}
