import { type Clock, systemClock } from '../../core/clock.ts'
import { OptionError } from '../../core/errors.ts'
import { checkInteger, checkSignal, given } from '../../core/options.ts'
import { type DecoderOptions, Decoder } from '../../decode/decoder.ts'
import { type OpenAIClient, checkClient } from '../openai-client.ts'
import { type ResponseFormat, openaiModels } from '../wire/openai-models.ts'
import { type Request, formatOf, requestFields } from './request-form.ts'
import type { FileTranscriberOptions } from './file-options.ts'

export type RequestSettings = {
  readonly client: OpenAIClient
  readonly format: ResponseFormat
  /** The form's fields except the file, by the service's names. */
  readonly fields: Readonly<Record<string, unknown>>
  /** Name of the file, without extension. */
  readonly baseName: string
  readonly maxRetries: number
  readonly retryForMs: number
  readonly timeoutMs: number
  readonly clock: Clock
  /** Returns a number in [0, 1), to vary waits. */
  readonly random: () => number
}

export type AnswerSettings = {
  readonly knownNames: ReadonlySet<string>
  /** The language, if exactly one was given. */
  readonly language?: string
  /** Whether finals and deltas are per segment. */
  readonly bySegment: boolean
}

export type UploadLimits = {
  /** File size, in bytes. */
  readonly maxBytes: number
  /** Duration, in ms; Infinity for no limit. */
  readonly maxMs: number
  /** Where to look for a pause: this long before the limit, in ms. */
  readonly searchMs: number
}

export type FileSettings = RequestSettings &
  AnswerSettings & {
    readonly model: string
    readonly concurrency: number
    readonly limits: UploadLimits
    readonly decoder: Omit<DecoderOptions, 'signal'>
    /** Whether a file must be decoded even if the service accepts it. */
    readonly mustDecode: boolean
    readonly signal?: AbortSignal
  }

/** Overrides for tests. */
export type FileInternals = {
  readonly clock?: Clock
  readonly random?: () => number
  /** Limits of one request, in bytes and in ms. */
  readonly maxBytes?: number
  readonly maxMs?: number
  /** As {@link UploadLimits.searchMs}. */
  readonly searchMs?: number
}

/** Largest request that the service accepts, in bytes. */
const MAX_REQUEST_BYTES = 26_214_400

/** Bytes of a form's boundaries and field names. */
const FORM_BYTES = 16_384

/** Least room for a part's audio, in bytes. */
const MIN_PART_BYTES = 32_000

/** How much longer audio may be than its container declares, in ms. */
const LENGTH_MARGIN_MS = 1_000

const SEARCH_MS = 120_000

/** The name without folder, extension and control characters. */
const baseNameOf = (fileName: unknown): string => {
  if (typeof fileName !== 'string')
    throw new OptionError('fileName', 'must be a string')
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
      `'${model}' cannot transcribe files: use RealtimeTranscriber, or gpt-transcribe`,
    )
  return { options, model, abilities: known?.files }
}

const decoderOf = (
  options: FileTranscriberOptions,
): FileSettings['decoder'] => {
  const { raw, maxDurationMs, strict, ffmpeg } = options
  const decoder = given<FileSettings['decoder']>({
    raw,
    maxDurationMs,
    strict,
    ffmpeg,
  })
  // Decoder checks its own options.
  new Decoder(decoder).destroy()
  return decoder
}

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
    throw new OptionError(
      'knownSpeakers',
      'are so large that the audio does not fit into an upload',
    )
  const { language, languages = [], knownSpeakers = [] } = options
  const stated = language ?? (languages.length === 1 ? languages[0] : undefined)
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
    ...(stated !== undefined && { language: stated }),
    ...(signal && { signal }),
  }
}
