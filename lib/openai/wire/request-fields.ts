import { type ServiceErrorBody, invalidRequest } from './service-error.ts'

/** How the audio is to be cut; null: not at all. */
export type ChunkingStrategy = 'auto' | { readonly type: 'server_vad' } | null

/** The fields of a request, read. */
export type RequestFields = {
  readonly model: string
  readonly format: string
  readonly stream: boolean
  readonly language: string | undefined
  readonly languages: readonly string[]
  readonly keywords: readonly string[]
  readonly prompt: string | undefined
  readonly temperature: number
  readonly include: readonly string[]
  readonly granularities: readonly string[]
  readonly chunking: ChunkingStrategy
  readonly speakers: readonly string[]
  readonly references: readonly string[]
}

/** What is wrong with a field; thrown where it is read. */
export class FieldError extends Error {
  readonly error: ServiceErrorBody
  /** Status of HTTP. */
  readonly status: number
  constructor(code: string, message: string, param: string | null) {
    super(message)
    this.error = invalidRequest(code, message, param)
    this.status = code === 'model_not_found' ? 404 : 400
  }
}

/** Refuses a field. */
export const refuse = (
  code: string,
  message: string,
  param: string | null = null,
): never => {
  throw new FieldError(code, message, param)
}

/** Refuses a form without a file. */
export const refuseWithoutFile = (): never =>
  refuse(
    'missing_required_parameter',
    "Missing required parameter: 'file'.",
    'file',
  )

type Fields = ReadonlyMap<string, readonly string[]>

const one = (fields: Fields, name: string): string | undefined =>
  fields.get(name)?.at(-1)

const listOf = (fields: Fields, name: string): readonly string[] =>
  fields.get(`${name}[]`) ?? fields.get(name) ?? []

const streamOf = (fields: Fields): boolean => {
  const value = one(fields, 'stream') ?? 'false'
  if (!/^(true|false)$/i.test(value))
    refuse(
      'invalid_value',
      "Invalid value for 'stream': expected a boolean.",
      'stream',
    )
  return value.toLowerCase() === 'true'
}

const temperatureOf = (fields: Fields): number => {
  const text = one(fields, 'temperature') ?? '0'
  const value = text === '' ? NaN : Number(text)
  if (!(value >= 0 && value <= 1))
    refuse(
      'invalid_value',
      "Invalid value for 'temperature': expected a number from 0 to 1.",
      'temperature',
    )
  return value
}

const vadFields = new Set([
  'type',
  'prefix_padding_ms',
  'silence_duration_ms',
  'threshold',
])

const checkVad = (settings: Record<string, unknown>): ChunkingStrategy => {
  const wrong = (what: string): never =>
    refuse('invalid_value', what, 'chunking_strategy')
  if (settings['type'] !== 'server_vad')
    wrong("Invalid value for 'chunking_strategy.type': expected 'server_vad'.")
  for (const [name, value] of Object.entries(settings))
    if (!vadFields.has(name))
      wrong(`Unknown parameter: 'chunking_strategy.${name}'.`)
    else if (name !== 'type' && Number.isNaN(Number(value)))
      wrong(`Invalid value for 'chunking_strategy.${name}': expected a number.`)
  return { type: 'server_vad' }
}

/** As `auto`, in brackets, or as JSON. */
const chunkingOf = (fields: Fields): ChunkingStrategy => {
  const bracketed: Record<string, unknown> = {}
  for (const [name, values] of fields) {
    const key = /^chunking_strategy\[(\w+)\]$/.exec(name)?.[1]
    if (key) bracketed[key] = values.at(-1)
  }
  if (Object.keys(bracketed).length > 0) return checkVad(bracketed)
  const text = one(fields, 'chunking_strategy')
  if (text === undefined) return null
  if (text === 'auto') return 'auto'
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    value = undefined
  }
  return typeof value === 'object' && value !== null
    ? checkVad(value as Record<string, unknown>)
    : refuse(
        'invalid_value',
        "Invalid value for 'chunking_strategy'.",
        'chunking_strategy',
      )
}

/**
 * Reads the fields of a form. Unknown ones are ignored.
 *
 * @throws FieldError
 */
export const readFields = (fields: Fields): RequestFields => {
  const model = one(fields, 'model')
  return {
    model:
      model ??
      refuse(
        'missing_required_parameter',
        "Missing required parameter: 'model'.",
        'model',
      ),
    format: one(fields, 'response_format') ?? 'json',
    stream: streamOf(fields),
    language: one(fields, 'language'),
    languages: listOf(fields, 'languages'),
    keywords: listOf(fields, 'keywords'),
    prompt: one(fields, 'prompt'),
    temperature: temperatureOf(fields),
    include: listOf(fields, 'include'),
    granularities: listOf(fields, 'timestamp_granularities'),
    chunking: chunkingOf(fields),
    speakers: listOf(fields, 'known_speaker_names'),
    references: listOf(fields, 'known_speaker_references'),
  }
}
