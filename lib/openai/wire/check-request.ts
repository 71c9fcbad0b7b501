import {
  type ServedModel,
  type ServedModels,
  servedModel,
  servedModels,
} from './wire-models.ts'
import { type RequestFields, refuse } from './request-fields.ts'

const FORMATS = ['json', 'text', 'srt', 'verbose_json', 'vtt', 'diarized_json']
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

const quoted = (names: readonly string[]): string =>
  names.map(name => `'${name}'`).join(' or ')

/** Refuses what only some models take. */
const onlyFor = (fits: boolean, given: boolean, name: string): void => {
  if (given && !fits)
    refuse(
      'unsupported_value',
      `'${name}' is not supported for this model.`,
      name,
    )
}

const checkFormat = ({ fields, model }: Request): void => {
  if (!FORMATS.includes(fields.format))
    refuse(
      'invalid_value',
      `Invalid value: '${fields.format}'. Supported values are: ${FORMATS.map(f => `'${f}'`).join(', ')}.`,
      'response_format',
    )
  if (!model.formats.includes(fields.format))
    refuse(
      'unsupported_value',
      `response_format '${fields.format}' is not compatible with model '${fields.model}'. Use ${quoted(model.formats)} instead.`,
      'response_format',
    )
}

/** The name decides, or the content type where the name has no extension. */
const checkFile = ({ fields, model, file }: Request): void => {
  if (model.anyFile) return
  const extension = /\.(\w+)$/.exec(file.name)?.[1]?.toLowerCase()
  const kind = /^(?:audio|video)\/(?:x-|vnd\.)?(\w+)/i.exec(file.type)?.[1]
  const format = extension ?? kind?.toLowerCase() ?? file.type
  if (EXTENSIONS.includes(format) || (!extension && format === 'wave')) return
  if (fields.model === 'whisper-1')
    refuse(
      'unsupported_value',
      `Invalid file format. Supported formats: [${EXTENSIONS.map(e => `'${e}'`).join(', ')}]`,
      'file',
    )
  refuse('unsupported_value', `Unsupported file format ${format}`, 'file')
}

const checkLanguages = ({ fields, model }: Request): void => {
  const { language, languages, keywords } = fields
  if (language !== undefined && languages.length > 0)
    refuse(
      'invalid_value',
      "Only one of 'language' and 'languages' can be provided.",
      'languages',
    )
  onlyFor(model.languages, languages.length > 0, 'languages')
  for (const code of language === undefined ? languages : [language])
    if (!LANGUAGE.test(code))
      refuse(
        'invalid_value',
        `Invalid language '${code}'. Language parameter must be specified in ISO-639-1 format.`,
        language === undefined ? 'languages' : 'language',
      )
  onlyFor(model.languages, keywords.length > 0, 'keywords')
  if (keywords.some(word => /[<>\r\n]/.test(word)))
    refuse('invalid_value', "Invalid value for 'keywords'.", 'keywords')
}

const checkExtras = ({ fields, model }: Request): void => {
  const { include, format, granularities } = fields
  if (include.some(name => name !== 'logprobs'))
    refuse(
      'invalid_value',
      "Invalid value for 'include'. Supported values are: 'logprobs'.",
      'include',
    )
  onlyFor(model.logprobs && format === 'json', include.length > 0, 'include')
  if (granularities.some(name => name !== 'word' && name !== 'segment'))
    refuse(
      'invalid_value',
      "Invalid value for 'timestamp_granularities'. Supported values are: 'word' and 'segment'.",
      'timestamp_granularities',
    )
  // Clients send what is the default anyway, whatever the format.
  if (granularities.includes('word') && format !== 'verbose_json')
    refuse(
      'invalid_value',
      "'timestamp_granularities' needs response_format 'verbose_json'.",
      'timestamp_granularities',
    )
}

const checkSpeakers = ({ fields, model }: Request): void => {
  const diarizes = model.formats.includes('diarized_json')
  const { speakers, references } = fields
  onlyFor(diarizes, speakers.length > 0, 'known_speaker_names')
  onlyFor(diarizes, references.length > 0, 'known_speaker_references')
  if (!diarizes) return
  if (fields.chunking === null)
    refuse(
      'invalid_value',
      'chunking_strategy is required for diarization models',
      'chunking_strategy',
    )
  onlyFor(false, fields.prompt !== undefined, 'prompt')
  if (speakers.length > MAX_SPEAKERS || speakers.length !== references.length)
    refuse(
      'invalid_value',
      `Expected up to ${MAX_SPEAKERS} known speakers, each with a name and a reference.`,
      'known_speaker_names',
    )
  if (references.some(url => !url.startsWith('data:')))
    refuse(
      'invalid_value',
      'Known speaker references must be data URLs.',
      'known_speaker_references',
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
 * Holds a request against what its model takes; answers with the model.
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
