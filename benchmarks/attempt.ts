import type { BenchContext, Failure } from './suite.ts'

/**
 * Measures one thing; what goes wrong with it is told, and leaves the others
 * alone.
 *
 * @throws what the signal was aborted with
 */
export const attempt = async <Out>(
  { progress, signal }: Pick<BenchContext, 'progress' | 'signal'>,
  failures: Failure[],
  name: string,
  run: () => Promise<Out>,
): Promise<Out | undefined> => {
  signal.throwIfAborted()
  progress(`${name} …`)
  try {
    return await run()
  } catch (error) {
    signal.throwIfAborted()
    failures.push({ name, problem: (error as Error).message })
    return undefined
  }
}
