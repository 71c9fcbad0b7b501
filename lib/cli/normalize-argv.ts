/** Whisper's names for options that have another one here. */
const aliases: Readonly<Record<string, string>> = {
  '--output-format': '--format',
}

/**
 * Whisper's spelling of options made ours: `_` for `-`, and other names.
 * Values are left alone, as is everything after `--`.
 */
export const normalizeArgv = (argv: readonly string[]): string[] => {
  const end = argv.includes('--') ? argv.indexOf('--') : argv.length
  return argv.map((word, index) => {
    if (index >= end || !word.startsWith('--')) return word
    const [name, ...value] = word.split('=')
    const hyphened = name!.replaceAll('_', '-')
    return [aliases[hyphened] ?? hyphened, ...value].join('=')
  })
}
