import type { Recognizer } from '../index.ts'
import { Reporter, type Verbosity } from './reporter.ts'
import { Terminal } from './terminal.ts'

/** What every command is given, beside its options. */
export type CommandContext = {
  readonly terminal: Terminal
  readonly reporter: Reporter
  /** What transcribes instead of the embedded engine. Its maker closes it. */
  readonly recognizer?: Recognizer
}

/** Opens a reporter that never shows a key, whatever it is given to print. */
export const openReporter = async (
  terminal: Terminal,
  verbosity: Verbosity,
): Promise<Reporter> => {
  const { redact } = await import('../index.ts') // is slow to load
  const reporter = new Reporter(terminal, verbosity, redact)
  for (const name of ['OPENAI_API_KEY', 'VOXPIPE_API_KEY'])
    reporter.hideKey(terminal.env[name]?.trim() ?? '')
  return reporter
}
