import {
  checkRequest,
  type RequestFields,
  readFields,
  refuse,
} from '../../openai/wire/request-fields.ts'
import type { Engines } from '../engines.ts'
import { DIARIZING, type LocalModel } from '../served-models.ts'
import type { FormFile } from './form-reader.ts'

/** What an upload asks for. */
export type TranscriptionRequest = {
  readonly fields: RequestFields
  readonly model: LocalModel
  /** Whether the answer comes in events. */
  readonly streams: boolean
}

/** A language as the recogniser names it. */
const knownLanguage = (code: string, param: string, engines: Engines): string =>
  engines.languageOf(code) ??
  refuse(
    'unsupported_value',
    `Invalid value for '${param}'. ${engines.languageAdvice}`,
    param,
  )

/** @throws FieldError for what the server cannot do */
const checkAbilities = (fields: RequestFields, model: LocalModel): void => {
  if (fields.stream && model.anyFile && !/^(json|text)$/.test(fields.format))
    refuse(
      'unsupported_value',
      `'stream' needs response_format 'json' or 'text'.`,
      'stream',
    )
}

const refuseSpeakers = (fields: RequestFields): void => {
  const param =
    fields.model === DIARIZING
      ? 'model'
      : fields.format === 'diarized_json'
        ? 'response_format'
        : undefined
  if (param)
    refuse(
      'unsupported_value',
      'This server does not tell speakers apart. Use another model, and response_format json, text, srt, verbose_json or vtt.',
      param,
    )
}

/**
 * Reads what an upload asks for, and checks it against what this server can
 * do. A prompt and the temperature are accepted and change nothing.
 *
 * @throws FieldError
 */
export const readRequest = (
  form: ReadonlyMap<string, readonly string[]>,
  file: Pick<FormFile, 'name' | 'type'>,
  engines: Engines,
): TranscriptionRequest => {
  const read = readFields(form)
  refuseSpeakers(read)
  const fields: RequestFields = {
    ...read,
    language:
      read.language && knownLanguage(read.language, 'language', engines),
    languages: read.languages.map(code =>
      knownLanguage(code, 'languages', engines),
    ),
  }
  const model = checkRequest(fields, file, engines.models) as LocalModel
  checkAbilities(fields, model)
  return { fields, model, streams: fields.stream && model.streams }
}
