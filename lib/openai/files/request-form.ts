import { OptionError } from '../../core/errors.ts'
import {
  checkInteger,
  checkNumber,
  checkOneOf,
  given,
} from '../../core/options.ts'
import { sniff, SNIFF_BYTES, type Sniffed } from '../../decode/sniff.ts'
import {
  type FileAbilities,
  RESPONSE_FORMATS,
  type ResponseFormat,
} from '../wire/openai-models.ts'
import type { FileTranscriberOptions, KnownSpeaker } from './file-options.ts'

type Fields = Readonly<Record<string, unknown>>

export type Request = {
  readonly options: FileTranscriberOptions
  readonly model: string
  /** Undefined for an unknown model. */
  readonly abilities: FileAbilities | undefined
}

const rejectOption = (option: string, model: string, advice: string): never => {
  throw new OptionError(option, `cannot be used with '${model}': ${advice}`)
}

const checkTexts = (name: string, texts: unknown): void => {
  if (!Array.isArray(texts) || texts.length === 0)
    throw new OptionError(name, 'must be a list of at least one string')
  for (const text of texts)
    if (typeof text !== 'string' || text.trim() === '')
      throw new OptionError(name, 'must be non-empty strings')
}

/** Returns the requested format, or the most detailed one. */
export const formatOf = ({
  options,
  model,
  abilities,
}: Request): ResponseFormat => {
  const best = abilities?.speakerLabels
    ? 'diarized_json'
    : abilities?.wordTimes
      ? 'verbose_json'
      : 'json'
  const { responseFormat = best } = options
  checkOneOf(
    'responseFormat',
    responseFormat,
    abilities?.formats ?? RESPONSE_FORMATS,
  )
  if (
    abilities?.speakerLabels &&
    options.knownSpeakers &&
    responseFormat !== 'diarized_json'
  )
    rejectOption('knownSpeakers', model, "use responseFormat: 'diarized_json'")
  return responseFormat
}

const languageFields = ({ options, model, abilities }: Request): Fields => {
  const { language, languages } = options
  if (language !== undefined && languages !== undefined)
    throw new OptionError('languages', 'cannot be given together with language')
  if (languages) checkTexts('languages', languages)
  if (language !== undefined) checkTexts('language', [language])
  const all = languages ?? (language === undefined ? [] : [language])
  if (all.length === 0) return {}
  const takesSeveral = abilities
    ? abilities.language === 'languages'
    : languages
  if (takesSeveral) return { languages: all }
  if (all.length > 1)
    rejectOption(
      'languages',
      model,
      'it takes one language; use language, or omit both',
    )
  return { language: all[0] }
}

const keywordFields = ({ options, model, abilities }: Request): Fields => {
  const { keywords } = options
  if (keywords === undefined || keywords.length === 0) return {}
  if (abilities?.keywords === false)
    rejectOption(
      'keywords',
      model,
      'put them into the prompt, or use gpt-transcribe',
    )
  checkTexts('keywords', keywords)
  if (keywords.some(word => /[<>\r\n]/.test(word)))
    throw new OptionError('keywords', 'cannot contain <, > or line breaks')
  return { keywords }
}

const promptFields = ({ options, model, abilities }: Request): Fields => {
  const { prompt } = options
  if (prompt === undefined) return {}
  if (typeof prompt !== 'string')
    throw new OptionError('prompt', 'must be a string')
  if (abilities?.prompt === false) rejectOption('prompt', model, 'omit it')
  return { prompt }
}

const logprobFields = (
  { options, model, abilities }: Request,
  format: ResponseFormat,
): Fields => {
  const { include } = options
  if (include === undefined || include.length === 0) return {}
  for (const item of include) checkOneOf('include', item, ['logprobs'])
  if (abilities?.logprobs === false)
    rejectOption(
      'include',
      model,
      'gpt-4o-transcribe and -mini return logprobs',
    )
  if (format !== 'json')
    throw new OptionError('include', "needs responseFormat: 'json'")
  return { include }
}

const timeFields = (
  { options, model, abilities }: Request,
  format: ResponseFormat,
): Fields => {
  const { wordTimes, timestampGranularities } = options
  if (wordTimes !== undefined && timestampGranularities !== undefined)
    throw new OptionError(
      'timestampGranularities',
      'cannot be given together with wordTimes',
    )
  const wanted = timestampGranularities ?? (wordTimes ? ['word'] : [])
  const option = wordTimes ? 'wordTimes' : 'timestampGranularities'
  if (timestampGranularities) checkTexts(option, timestampGranularities)
  for (const item of wanted) checkOneOf(option, item, ['word', 'segment'])
  if (wanted.length > 0 && abilities?.wordTimes === false)
    rejectOption(option, model, 'use whisper-1, or the local engine')
  if (wanted.length > 0 && format !== 'verbose_json')
    throw new OptionError(option, "needs responseFormat: 'verbose_json'")
  if (format !== 'verbose_json') return {}
  return {
    timestamp_granularities:
      timestampGranularities ??
      (wordTimes === false ? ['segment'] : ['word', 'segment']),
  }
}

const streamFields = (
  { options, model, abilities }: Request,
  format: ResponseFormat,
): Fields => {
  const streamable = ['json', 'text', 'diarized_json'].includes(format)
  const { stream = abilities?.streams === true && format !== 'text' } = options
  if (typeof stream !== 'boolean')
    throw new OptionError('stream', 'must be true or false')
  if (stream && abilities?.streams === false)
    rejectOption('stream', model, 'it does not stream; use gpt-transcribe')
  if (stream && !streamable)
    throw new OptionError(
      'stream',
      `cannot be used with responseFormat: '${format}'`,
    )
  return stream ? { stream } : {}
}

const chunkingFields = ({ options, abilities }: Request): Fields => {
  const { turnDetection = abilities?.speakerLabels && { type: 'auto' } } =
    options
  if (!turnDetection) return {}
  checkOneOf('turnDetection.type', turnDetection.type, ['auto', 'server_vad'])
  if (turnDetection.type === 'auto') return { chunking_strategy: 'auto' }
  const { type, prefixPaddingMs, silenceDurationMs, threshold } = turnDetection
  if (prefixPaddingMs !== undefined)
    checkInteger('turnDetection.prefixPaddingMs', prefixPaddingMs, 0)
  if (silenceDurationMs !== undefined)
    checkInteger('turnDetection.silenceDurationMs', silenceDurationMs, 0)
  if (threshold !== undefined)
    checkNumber('turnDetection.threshold', threshold, 0, 1)
  return {
    chunking_strategy: given({
      type,
      prefix_padding_ms: prefixPaddingMs,
      silence_duration_ms: silenceDurationMs,
      threshold,
    }),
  }
}

/** @throws OptionError if options conflict with each other or with the model */
export const requestFields = (
  request: Request,
  format: ResponseFormat,
): Fields => {
  const { options, model, abilities } = request
  const { temperature, knownSpeakers } = options
  if (temperature !== undefined) checkNumber('temperature', temperature, 0, 1)
  if (
    knownSpeakers &&
    knownSpeakers.length > 0 &&
    abilities?.speakerLabels === false
  )
    rejectOption('knownSpeakers', model, 'use gpt-4o-transcribe-diarize')
  return {
    model,
    response_format: format,
    ...languageFields(request),
    ...keywordFields(request),
    ...promptFields(request),
    ...(temperature !== undefined && { temperature }),
    ...logprobFields(request, format),
    ...timeFields(request, format),
    ...streamFields(request, format),
    ...chunkingFields(request),
    ...knownSpeakerFields(knownSpeakers ?? []),
  }
}

const MAX_SPEAKERS = 4

const refuse = (problem: string): never => {
  throw new OptionError('knownSpeakers', problem)
}

const dataUrl = ({ name, reference }: KnownSpeaker): string => {
  if (typeof reference === 'string') {
    if (!/^data:audio\/[^,]+;base64,./i.test(reference))
      refuse(`has no data:audio/…;base64 URL for '${name}'`)
    return reference
  }
  const format =
    reference instanceof Uint8Array
      ? nameFormat(sniff(reference, true), reference)
      : undefined
  if (!format)
    return refuse(
      `must have FLAC, MP3, M4A, Ogg, WAV or WebM audio for '${name}'`,
    )
  const base64 = Buffer.from(reference).toString('base64')
  return `data:${format.type};base64,${base64}`
}

const knownSpeakerFields = (speakers: readonly KnownSpeaker[]): Fields => {
  if (speakers.length === 0) return {}
  if (speakers.length > MAX_SPEAKERS) refuse(`must be at most ${MAX_SPEAKERS}`)
  const names = speakers.map(({ name }) => name)
  if (names.some(name => typeof name !== 'string' || name.trim() === ''))
    refuse('must have names')
  if (new Set(names).size < names.length) refuse('must have different names')
  return {
    known_speaker_names: names,
    known_speaker_references: speakers.map(dataUrl),
  }
}

export type UploadFormat = {
  readonly extension: string
  readonly type: string
}

const FORMATS: Readonly<Record<string, UploadFormat>> = {
  wav: { extension: 'wav', type: 'audio/wav' },
  flac: { extension: 'flac', type: 'audio/flac' },
  mp3: { extension: 'mp3', type: 'audio/mpeg' },
  ogg: { extension: 'ogg', type: 'audio/ogg' },
  webm: { extension: 'webm', type: 'audio/webm' },
  mp4: { extension: 'mp4', type: 'audio/mp4' },
  m4a: { extension: 'm4a', type: 'audio/mp4' },
  mpeg: { extension: 'mpeg', type: 'audio/mpeg' },
}

export const WAV_FORMAT: UploadFormat = FORMATS['wav']!

const has = (head: Uint8Array, at: number, text: string): boolean =>
  Buffer.from(head.buffer, head.byteOffset + at, text.length).equals(
    Buffer.from(text, 'latin1'),
  )

const nameOf = (found: Sniffed, head: Uint8Array): string => {
  // RF64 begins with another magic number, which servers do not accept.
  if (found.kind === 'wav') return has(head, 0, 'RIFF') ? 'wav' : ''
  if (found.kind === 'mp4')
    return head.length > 12 && has(head, 8, 'M4A') ? 'm4a' : 'mp4'
  if (found.kind === 'id3') return 'mp3'
  if (found.kind === 'ffmpeg') return found.container === 'mpeg' ? 'mpeg' : ''
  return found.kind
}

/** Returns the format of a sniffed file, if the service accepts it. */
const nameFormat = (
  found: Sniffed | undefined,
  head: Uint8Array,
): UploadFormat | undefined => found && FORMATS[nameOf(found, head)]

/** Returns the format of a file, or undefined if it has to be decoded. */
export const uploadFormat = async (
  blob: Blob,
): Promise<UploadFormat | undefined> => {
  for (let at = 0, tagged = false; ; tagged = true) {
    const part = blob.slice(at, at + SNIFF_BYTES)
    const head = new Uint8Array(await part.arrayBuffer())
    const found = sniff(head, at + head.length === blob.size)
    if (found?.kind === 'id3' && head.length > 0) {
      at += found.bytes
      continue
    }
    // A leading ID3 tag indicates MP3, even if what follows is damaged.
    if (!found || found.kind === 'unknown')
      return tagged ? FORMATS['mp3'] : undefined
    return nameFormat(found, head)
  }
}
