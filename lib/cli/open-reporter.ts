import { Reporter, type Verbosity } from './reporter.ts'

/** Shorter ones are words such as `none`, for servers that ask for no key. */
const minKeyLength = 8

/** A reporter that never shows a key, whatever it is given to tell. */
export const openReporter = async (verbosity: Verbosity): Promise<Reporter> => {
  const { redact } = await import('../index.ts') // is slow to load
  const key = process.env['OPENAI_API_KEY']?.trim() ?? ''
  return new Reporter(verbosity, text =>
    redact(key.length < minKeyLength ? text : text.replaceAll(key, '…')),
  )
}
