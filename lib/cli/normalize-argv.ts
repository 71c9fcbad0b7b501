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
  const ours: string[] = []
  for (let i = 0; i < end; i++) {
    const word = argv[i]!
    const [name, ...value] = word.split('=')
    const hyphened = name!.replaceAll('_', '-')
    if (!word.startsWith('--')) ours.push(word)
    else if (hyphened === wordTimes) {
      const separate = i + 1 < end && /^(True|False)$/.test(argv[i + 1]!)
      const wanted = separate ? argv[++i] : value[0]
      if (wanted !== 'False') ours.push(wordTimes)
    } else ours.push([aliases[hyphened] ?? hyphened, ...value].join('='))
  }
  return [...ours, ...argv.slice(end)]
}
