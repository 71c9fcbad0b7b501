import {
  RESPONSE_FORMATS,
  type ResponseFormat,
  type ServedModel,
  type ServedModels,
  servedModel,
  servedModels,
} from './openai-models.ts'
import { type ServiceErrorBody, invalidRequest } from './service-error.ts'

type ChunkingStrategy = 'auto' | { readonly type: 'server_vad' } | null

/** The fields of an upload's form. */
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

export class FieldError extends Error {
  readonly error: ServiceErrorBody
  readonly status: number
  constructor(code: string, message: string, param: string | null) {
    super(message)
    this.error = invalidRequest(code, message, param)
    this.status = code === 'model_not_found' ? 404 : 400
  }
}

export const refuse = (
  code: string,
  message: string,
  param: string | null = null,
): never => {
  throw new FieldError(code, message, param)
}

export const refuseWithoutFile = (): never =>
  refuse(
    'missing_required_parameter',
    "Missing required parameter: 'file'.",
    'file',
  )

const refuseValue = (param: string, message: string): never =>
  refuse('invalid_value', message, param)

type Fields = ReadonlyMap<string, readonly string[]>

const one = (fields: Fields, name: string): string | undefined =>
  fields.get(name)?.at(-1)

const listOf = (fields: Fields, name: string): readonly string[] =>
  fields.get(`${name}[]`) ?? fields.get(name) ?? []

const streamOf = (fields: Fields): boolean => {
  const value = one(fields, 'stream') ?? 'false'
  if (!/^(true|false)$/i.test(value))
    refuseValue('stream', "Invalid value for 'stream': expected a boolean.")
  return value.toLowerCase() === 'true'
}

const temperatureOf = (fields: Fields): number => {
  const text = one(fields, 'temperature') ?? '0'
  const value = text === '' ? NaN : Number(text)
  if (!(value >= 0 && value <= 1))
    refuseValue(
      'temperature',
      "Invalid value for 'temperature': expected a number from 0 to 1.",
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
  const wrong = (what: string): never => refuseValue('chunking_strategy', what)
  if (settings['type'] !== 'server_vad')
    wrong("Invalid value for 'chunking_strategy.type': expected 'server_vad'.")
  for (const [name, value] of Object.entries(settings))
    if (!vadFields.has(name))
      wrong(`Unknown parameter: 'chunking_strategy.${name}'.`)
    else if (name !== 'type' && Number.isNaN(Number(value)))
      wrong(`Invalid value for 'chunking_strategy.${name}': expected a number.`)
  return { type: 'server_vad' }
}

/** Reads `auto`, bracketed fields or JSON. */
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
    : refuseValue('chunking_strategy', "Invalid value for 'chunking_strategy'.")
}

/** @throws FieldError */
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

const EXTENSIONS = [
  'flac',
  'm4a',
  'mp3',
  'mp4',
  'mpeg',
  'mpga',
  'oga',
  'ogg',
  'wav',
  'webm',
]
const LANGUAGE = /^([a-z]{2,3}|zh-(cn|tw|hk))$/i
const MAX_SPEAKERS = 4

type Request = {
  readonly fields: RequestFields
  readonly model: ServedModel
  readonly file: { readonly name: string; readonly type: string }
}

const listed = (names: readonly string[], separator = ', '): string =>
  names.map(name => `'${name}'`).join(separator)

/** Refuses a field that the model does not support. */
const onlyFor = (fits: boolean, given: boolean, name: string): void => {
  if (given && !fits)
    refuse(
      'unsupported_value',
      `'${name}' is not supported for this model.`,
      name,
    )
}

const checkFormat = ({ fields, model }: Request): void => {
  if (!RESPONSE_FORMATS.includes(fields.format as ResponseFormat))
    refuseValue(
      'response_format',
      `Invalid value: '${fields.format}'. Supported values are: ${listed(RESPONSE_FORMATS)}.`,
    )
  if (!model.formats.includes(fields.format))
    refuse(
      'unsupported_value',
      `response_format '${fields.format}' is not compatible with model '${fields.model}'. Use ${listed(model.formats, ' or ')} instead.`,
      'response_format',
    )
}

/** Checks the extension, or the content type if there is none. */
const checkFile = ({ fields, model, file }: Request): void => {
  if (model.anyFile) return
  const extension = /\.(\w+)$/.exec(file.name)?.[1]?.toLowerCase()
  const kind = /^(?:audio|video)\/(?:x-|vnd\.)?(\w+)/i.exec(file.type)?.[1]
  const format = extension ?? kind?.toLowerCase() ?? file.type
  if (EXTENSIONS.includes(format) || (!extension && format === 'wave')) return
  if (fields.model === 'whisper-1')
    refuse(
      'unsupported_value',
      `Invalid file format. Supported formats: [${listed(EXTENSIONS)}]`,
      'file',
    )
  refuse('unsupported_value', `Unsupported file format ${format}`, 'file')
}

const checkLanguages = ({ fields, model }: Request): void => {
  const { language, languages, keywords } = fields
  if (language !== undefined && languages.length > 0)
    refuseValue(
      'languages',
      "Only one of 'language' and 'languages' can be provided.",
    )
  onlyFor(model.languages, languages.length > 0, 'languages')
  for (const code of language === undefined ? languages : [language])
    if (!LANGUAGE.test(code))
      refuseValue(
        language === undefined ? 'languages' : 'language',
        `Invalid language '${code}'. Language parameter must be specified in ISO-639-1 format.`,
      )
  onlyFor(model.languages, keywords.length > 0, 'keywords')
  if (keywords.some(word => /[<>\r\n]/.test(word)))
    refuseValue('keywords', "Invalid value for 'keywords'.")
}

const checkExtras = ({ fields, model }: Request): void => {
  const { include, format, granularities } = fields
  if (include.some(name => name !== 'logprobs'))
    refuseValue(
      'include',
      "Invalid value for 'include'. Supported values are: 'logprobs'.",
    )
  onlyFor(model.logprobs && format === 'json', include.length > 0, 'include')
  if (granularities.some(name => name !== 'word' && name !== 'segment'))
    refuseValue(
      'timestamp_granularities',
      "Invalid value for 'timestamp_granularities'. Supported values are: 'word' and 'segment'.",
    )
  // `segment` is the default, which clients send with any format.
  if (granularities.includes('word') && format !== 'verbose_json')
    refuseValue(
      'timestamp_granularities',
      "'timestamp_granularities' needs response_format 'verbose_json'.",
    )
}

const checkSpeakers = ({ fields, model }: Request): void => {
  const diarizes = model.formats.includes('diarized_json')
  const { speakers, references } = fields
  onlyFor(diarizes, speakers.length > 0, 'known_speaker_names')
  onlyFor(diarizes, references.length > 0, 'known_speaker_references')
  if (!diarizes) return
  if (fields.chunking === null)
    refuseValue(
      'chunking_strategy',
      'chunking_strategy is required for diarization models',
    )
  onlyFor(false, fields.prompt !== undefined, 'prompt')
  if (speakers.length > MAX_SPEAKERS || speakers.length !== references.length)
    refuseValue(
      'known_speaker_names',
      `Expected up to ${MAX_SPEAKERS} known speakers, each with a name and a reference.`,
    )
  if (references.some(url => !url.startsWith('data:')))
    refuseValue(
      'known_speaker_references',
      'Known speaker references must be data URLs.',
    )
}

const checks = [
  checkFormat,
  checkFile,
  checkLanguages,
  checkExtras,
  checkSpeakers,
]

/**
 * Returns the request's model.
 *
 * @throws FieldError
 */
export const checkRequest = (
  fields: RequestFields,
  file: { readonly name: string; readonly type: string },
  models: ServedModels = servedModels,
): ServedModel => {
  const model = servedModel(fields.model, models)
  if (!model || model.formats.length === 0)
    return refuse(
      'model_not_found',
      `The model '${fields.model}' does not exist or you do not have access to it.`,
      'model',
    )
  for (const check of checks) check({ fields, model, file })
  return model
}
