/** Whisper's names for options that have another one here. */
const aliases: Readonly<Record<string, string>> = {
  '--output-format': '--format',
  '--initial-prompt': '--prompt',
}

/** Whisper's option that is followed by `True` or `False`. */
const wordTimes = '--word-timestamps'

/**
 * Whisper's spelling of options made ours: `_` for `-`, and other names.
 * Values are left alone, as is everything after `--`.
 */
export const normalizeArgv = (argv: readonly string[]): string[] => {
  const end = argv.includes('--') ? argv.indexOf('--') : argv.length
  const words = argv.slice(0, end).map(word => {
    if (!word.startsWith('--')) return word
    const [name, ...value] = word.split('=')
    const hyphened = name!.replaceAll('_', '-')
    if (hyphened === wordTimes) return hyphened
    return [aliases[hyphened] ?? hyphened, ...value].join('=')
  })
  const ours = words.filter(
    (word, index) =>
      words[index - 1] !== wordTimes || !/^(True|False)$/.test(word),
  )
  return [...ours, ...argv.slice(end)]
}
