import { askModule, type AskModuleOptions } from '../io/module-child.ts'

const entry = new URL(
  import.meta.url.endsWith('.ts') ? './case-child.ts' : './case-child.js',
  import.meta.url,
)

/**
 * Runs one case in a process of its own, so that none warms up, deoptimises or
 * fills the memory of another.
 *
 * @param name a name of `cases.ts`
 * @throws what the case throws
 */
export const runCase = async <Out>(
  name: string,
  input: unknown,
  options: AskModuleOptions,
): Promise<Out> => (await askModule(entry, { name, input }, options)) as Out
