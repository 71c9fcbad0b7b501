import { OptionError } from '../core/errors.ts'
import { checkInteger, checkOneOf } from '../core/options.ts'
import { latencies } from '../recognizers/latency.ts'
import { modelNamed } from '../recognizers/model-catalog.ts'
import { languageOf } from '../transcribe/languages.ts'
import type { Competitors } from './competitors.ts'
import type { BenchOptions, SuiteName } from './suite.ts'

/** As many streams as anybody would start at once. */
const MAX_STREAMS = 256

const enginesOf = (competitors: Competitors): string[] => [
  ...new Set([
    'local',
    'openai',
    ...Object.values(competitors).flatMap(ones => Object.keys(ones)),
  ]),
]

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
  const { streams, pipeline, recognizer, language } = rest
  for (const engine of engines ?? [])
    checkOneOf('engine', engine, enginesOf(competitors))
  for (const latency of settings ?? [])
    checkOneOf('latency', latency, latencies)
  for (const model of models ?? [])
    if (!modelNamed(model).shape)
      throw new OptionError('model', `'${model}' is no recogniser`)
  for (const count of streams ?? [])
    checkInteger('streams', count, 1, MAX_STREAMS)
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
