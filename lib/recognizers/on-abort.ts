/** What is called when a signal is aborted. */
const calls = new WeakMap<AbortSignal, Set<() => void>>()

/**
 * Calls back when a signal is aborted. Any number may wait for one signal,
 * where Node warns of a leak when it has more than ten listeners.
 *
 * @returns takes it back
 */
export const onAbort = (signal: AbortSignal, call: () => void) => {
  const all = calls.get(signal) ?? new Set()
  if (!calls.has(signal)) {
    calls.set(signal, all)
    const tell = (): void => {
      for (const call of all) call()
    }
    signal.addEventListener('abort', tell, { once: true })
  }
  all.add(call)
  return (): void => void all.delete(call)
}
