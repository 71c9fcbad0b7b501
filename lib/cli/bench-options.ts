import type { BenchOptions, SuiteName } from './bench-module.ts'
import { usageError } from './exit-code.ts'
import { given } from './given.ts'

/** Options that no other command has. */
export type BenchOwnOptions = {
  readonly full?: boolean
  /** Exit code 1 where something stated is missed. */
  readonly check?: boolean
  readonly json?: boolean
  /** An older `results.json`. */
  readonly compare?: string
  /** Folder of clips. */
  readonly data?: string
  readonly pipeline?: string
  readonly recognizer?: string
  readonly streams?: readonly number[]
}

/** What the options say of measuring. */
export type BenchCommandOptions = BenchOwnOptions & {
  /** Lists with commas, of engines, models and settings. */
  readonly engine?: string
  readonly model?: string
  readonly latency?: string
  readonly language?: string
  readonly modelDir?: string
  readonly output?: string
  readonly outputDir?: string
}

/** What it takes, of its own and of what belongs to all commands. */
export const knownBenchOptions: ReadonlySet<string> = new Set(
  [
    ['full', 'check', 'json', 'compare', 'data', 'streams'],
    ['pipeline', 'recognizer'],
    ['engine', 'model', 'latency', 'language', 'modelDir'],
    ['output', 'outputDir', 'quiet', 'verbose', 'debug'],
  ].flat(),
)

/**
 * The suites of some names, each once, in their usual order.
 *
 * @param suiteNames those that there are
 * @throws CliError
 */
export const suitesNamed = (
  names: readonly string[],
  suiteNames: readonly SuiteName[],
): SuiteName[] => {
  const known = new Set<string>(['all', ...suiteNames])
  const there = `${suiteNames.join(', ')} or all`
  if (names.length === 0) throw usageError(`name what to measure: ${there}`)
  for (const name of names)
    if (!known.has(name))
      throw usageError(`there is nothing '${name}' to measure; use ${there}`)
  return suiteNames.filter(
    name => names.includes('all') || names.includes(name),
  )
}

const listOf = (text: string | undefined): string[] | undefined =>
  text
    ?.split(',')
    .map(item => item.trim())
    .filter(Boolean)

/** What suites are asked; modules by absolute paths. */
export const benchOptionsOf = (
  options: BenchCommandOptions,
  modules: Pick<BenchOptions, 'pipeline' | 'recognizer'>,
): BenchOptions =>
  given<BenchOptions>({
    full: options.full,
    engines: listOf(options.engine),
    models: listOf(options.model),
    latencies: listOf(options.latency),
    streams: options.streams,
    language: options.language,
    modelDir: options.modelDir,
    ...modules,
  })

const quoted = (word: string): string =>
  /^[\w./:,@%+=-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`

/**
 * The command that measures the same again.
 *
 * @param program `voxpipe bench`
 * @param suiteNames all suites: where they are asked for, it says `all`
 */
export const commandOf = (
  program: string,
  suites: readonly SuiteName[],
  suiteNames: readonly SuiteName[],
  options: BenchCommandOptions,
): string => {
  const flag = (name: string, value: string | undefined): string[] =>
    value === undefined ? [] : [`--${name}`, quoted(value)]
  return [
    program,
    ...(suites.length === suiteNames.length ? ['all'] : suites),
    ...(options.full ? ['--full'] : []),
    ...flag('data', options.data),
    ...flag('pipeline', options.pipeline),
    ...flag('recognizer', options.recognizer),
    ...flag('engine', options.engine),
    ...flag('model', options.model),
    ...flag('latency', options.latency),
    ...flag('streams', options.streams?.join(',')),
    ...flag('language', options.language),
    ...flag('model-dir', options.modelDir),
  ].join(' ')
}
