import { type Clock, systemClock } from '../../core/clock.ts'
import { OptionError } from '../../core/errors.ts'
import { checkInteger, checkSignal } from '../../core/options.ts'
import { type DecoderOptions, Decoder } from '../../decode/decoder.ts'
import { type OpenAIClient, checkClient } from '../openai-client.ts'
import { type ResponseFormat, openaiModels } from '../wire/openai-models.ts'
import { type Request, formatOf, requestFields } from './request-form.ts'
import type { FileTranscriberOptions } from './file-options.ts'

/** How requests are made, and made again. */
export type RequestSettings = {
  readonly client: OpenAIClient
  readonly format: ResponseFormat
  /** The form's fields but for the file, by the service's names. */
  readonly fields: Readonly<Record<string, unknown>>
  /** Name of the file, without extension. */
  readonly baseName: string
  readonly maxRetries: number
  readonly retryForMs: number
  readonly timeoutMs: number
  readonly clock: Clock
  /** A number in [0, 1), by which waits differ. */
  readonly random: () => number
}

/** What decides how answers become events. */
export type AnswerSettings = {
  /** Speakers that go by their own names. */
  readonly knownNames: ReadonlySet<string>
  /** Language that was told, where it was one. */
  readonly language?: string
  /** Whether finals come per segment, so that deltas go by segment. */
  readonly bySegment: boolean
}

/** What the service takes in one request. */
export type UploadLimits = {
  /** Bytes of a file. */
  readonly maxBytes: number
  /** Length, in ms; Infinity: any. */
  readonly maxMs: number
  /** How far before the limit a pause is looked for, in ms. */
  readonly searchMs: number
}

/** All that a file transcriber was told, checked. */
export type FileSettings = RequestSettings &
  AnswerSettings & {
    readonly model: string
    readonly concurrency: number
    readonly limits: UploadLimits
    readonly decoder: Omit<DecoderOptions, 'signal'>
    /** Whether a file may not go as it is, however it is. */
    readonly mustDecode: boolean
    readonly signal?: AbortSignal
  }

/** What tests set. */
export type FileInternals = {
  readonly clock?: Clock
  readonly random?: () => number
  /** Bytes of a whole request, and a length in ms, that are refused above. */
  readonly maxBytes?: number
  readonly maxMs?: number
  /** How far before that a pause is looked for, in ms. */
  readonly searchMs?: number
}

/** What the service takes in one request, with all of its form. */
const MAX_REQUEST_BYTES = 26_214_400

/** What a form needs beside its values: boundaries and names. */
const FORM_BYTES = 16_384

/** The shortest that a part may be limited to, in bytes of 16-bit samples. */
const MIN_PART_BYTES = 32_000

/** What a container declares may be so much too short, in ms. */
const LENGTH_MARGIN_MS = 1_000

/** A pause is looked for in the last two minutes that fit. */
const SEARCH_MS = 120_000

/** A name without folder and extension, in letters that a form can carry. */
const baseNameOf = (fileName: unknown): string => {
  if (typeof fileName !== 'string')
    throw new OptionError('fileName', 'must be a text')
  const name = fileName.split(/[\\/]/).pop()!
  return name.replace(/\.\w{1,5}$/, '').replaceAll(/\p{Cc}/gu, '') || 'audio'
}

const requestOf = (options: FileTranscriberOptions): Request => {
  const { model = 'gpt-transcribe' } = options
  if (typeof model !== 'string' || model === '')
    throw new OptionError('model', 'must be the name of a model')
  const known = openaiModels[model]
  if (known && !known.files)
    throw new OptionError(
      'model',
      `'${model}' takes no files: use RealtimeTranscriber, or gpt-transcribe`,
    )
  return { options, model, abilities: known?.files }
}

const decoderOf = (
  options: FileTranscriberOptions,
): FileSettings['decoder'] => {
  const { raw, maxDurationMs, strict, ffmpeg } = options
  const decoder = {
    ...(raw !== undefined && { raw }),
    ...(maxDurationMs !== undefined && { maxDurationMs }),
    ...(strict !== undefined && { strict }),
    ...(ffmpeg !== undefined && { ffmpeg }),
  }
  // It knows what it takes.
  new Decoder(decoder).destroy()
  return decoder
}

/**
 * All options, checked.
 *
 * @throws OptionError
 */
export const resolve = (
  options: FileTranscriberOptions,
  internals: FileInternals = {},
): FileSettings => {
  const { client, concurrency = 2, maxRetries = 5, signal } = options
  const { retryForMs = 300_000, timeoutMs = 600_000 } = options
  checkClient(client)
  checkInteger('concurrency', concurrency, 1, 64)
  checkInteger('maxRetries', maxRetries, 0, 1_000)
  checkInteger('retryForMs', retryForMs, 0)
  checkInteger('timeoutMs', timeoutMs, 1, 2 ** 31 - 1)
  checkSignal(signal)
  const request = requestOf(options)
  const { model, abilities } = request
  const format = formatOf(request)
  const fields = requestFields(request, format)
  const { maxBytes = MAX_REQUEST_BYTES, searchMs = SEARCH_MS } = internals
  const { maxMs = 1_000 * (abilities?.maxSeconds ?? Infinity) } = internals
  const room = maxBytes - FORM_BYTES - Buffer.byteLength(JSON.stringify(fields))
  if (room < MIN_PART_BYTES)
    throw new OptionError('knownSpeakers', 'leave no room for the audio')
  const { language, languages = [], knownSpeakers = [] } = options
  const told = language ?? (languages.length === 1 ? languages[0] : undefined)
  const decoder = decoderOf(options)
  return {
    client,
    model,
    format,
    fields,
    baseName: baseNameOf(options.fileName ?? 'audio'),
    maxRetries,
    retryForMs,
    timeoutMs,
    concurrency,
    clock: internals.clock ?? systemClock,
    random: internals.random ?? Math.random,
    knownNames: new Set(knownSpeakers.map(({ name }) => name)),
    bySegment: format === 'diarized_json',
    limits: { maxBytes: room, maxMs: maxMs - LENGTH_MARGIN_MS, searchMs },
    decoder,
    mustDecode:
      decoder.raw !== undefined || decoder.maxDurationMs !== undefined,
    ...(told !== undefined && { language: told }),
    ...(signal && { signal }),
  }
}
