import { Reporter, type Verbosity } from './reporter.ts'

/** Shorter ones are words such as `none`, for servers that ask for no key. */
const minKeyLength = 8

/** What no reporter may show. */
const keys = new Set<string>()

/** From now on no reporter shows this key. */
export const hideKey = (key: string): void => {
  if (key.length >= minKeyLength) keys.add(key)
}

/** A reporter that never shows a key, whatever it is given to tell. */
export const openReporter = async (verbosity: Verbosity): Promise<Reporter> => {
  const { redact } = await import('../index.ts') // is slow to load
  for (const name of ['OPENAI_API_KEY', 'VOXPIPE_API_KEY'])
    hideKey(process.env[name]?.trim() ?? '')
  return new Reporter(verbosity, text => {
    // The longest first: a key may begin as another.
    const longest = [...keys].sort((a, b) => b.length - a.length)
    return redact(
      longest.reduce((rest, key) => rest.replaceAll(key, '…'), text),
    )
  })
}
