import { latencies, OptionError, UnknownModelError } from 'voxpipe'
import { localModels } from 'voxpipe/recognizers'
import type { Competitors } from './competitors.ts'
import { languageOf } from './clip-folder.ts'
import type { BenchOptions, SuiteName } from './suite.ts'

/** As many streams as anybody would start at once. */
const MAX_STREAMS = 256

/** Turns end after 500 ms of silence. */
const MIN_DELAY_MS = 501
const MAX_DELAY_MS = 60_000

const enginesOf = (competitors: Competitors): string[] => [
  ...new Set([
    'local',
    'openai',
    ...Object.values(competitors).flatMap(ones => Object.keys(ones)),
  ]),
]

const checkOneOf = (
  option: string,
  value: string,
  allowed: readonly string[],
): void => {
  if (allowed.includes(value)) return
  const list = allowed.map(one => `'${one}'`).join(', ')
  throw new OptionError(option, `must be one of ${list}, got '${value}'`)
}

const checkModel = (name: string): void => {
  const known = Object.entries(localModels).flat()
  if (known.includes(name)) return
  if (name === 'silero-vad')
    throw new OptionError('model', `'${name}' is no recogniser`)
  throw new UnknownModelError(
    `there is no model '${name}'; use one of ${Object.keys(localModels).join(', ')}`,
  )
}

const checkDelay = (ms: number): void => {
  if (!(ms >= MIN_DELAY_MS && ms <= MAX_DELAY_MS))
    throw new OptionError(
      'delayMs',
      `must be from ${MIN_DELAY_MS} to ${MAX_DELAY_MS} ms, got ${ms}`,
    )
}

const checkStreams = (count: number): void => {
  if (!Number.isInteger(count) || count < 1 || count > MAX_STREAMS)
    throw new OptionError(
      'streams',
      `must be a whole number from 1 to ${MAX_STREAMS}, got ${count}`,
    )
}

/**
 * Checks what is asked of suites, before any of them is run.
 *
 * @throws OptionError, or UnknownModelError
 */
export const checkBenchOptions = (
  { engines, models, latencies: settings, ...rest }: BenchOptions,
  suites: readonly SuiteName[],
  competitors: Competitors,
): void => {
  const { streams, pipeline, recognizer, language, delayMs } = rest
  for (const engine of engines ?? [])
    checkOneOf('engine', engine, enginesOf(competitors))
  for (const latency of settings ?? [])
    checkOneOf('latency', latency, latencies)
  for (const model of models ?? []) checkModel(model)
  for (const count of streams ?? []) checkStreams(count)
  if (delayMs !== undefined) checkDelay(delayMs)
  if (language !== undefined) languageOf(language)
  if (recognizer !== undefined && (models ?? pipeline))
    throw new OptionError(
      'recognizer',
      'is measured instead of a model; leave model and pipeline away',
    )
  if (recognizer !== undefined && engines?.some(name => name !== 'local'))
    throw new OptionError('recognizer', 'is measured alone; leave engine away')
  if (pipeline === undefined) return
  if (suites.some(name => name !== 'latency'))
    throw new OptionError(
      'pipeline',
      "is measured by 'latency' alone; name that and no other",
    )
  if (engines ?? models ?? settings)
    throw new OptionError(
      'pipeline',
      'is measured instead of engines; leave engine, model and latency away',
    )
}
