import { z } from 'zod'
import type {
  SegmentDetails,
  TokenLogprob,
  Usage,
} from '../../core/transcript-event.ts'
import { isWebPage, PAGE_CURE, pageTitle } from '../../io/http-problems.ts'
import { usageOf, usageSchema } from '../usage.ts'
import type { ResponseFormat } from '../wire/openai-models.ts'
import {
  UploadFailure,
  type Redactor,
  failureOfBody,
} from './upload-failure.ts'

/** A segment of an answer; times in seconds of the upload. */
export type AnswerSegment = {
  /** The service's id, which deltas refer to. */
  readonly id?: string
  readonly start: number
  readonly end: number
  readonly text: string
  readonly speaker?: string
  readonly facts?: SegmentDetails
}

/** The transcript of an upload, from any response format. */
export type Answer = {
  readonly text: string
  readonly segments?: readonly AnswerSegment[]
  /** Times in seconds of the upload. */
  readonly words?: readonly Pick<AnswerSegment, 'text' | 'start' | 'end'>[]
  /** Name or code; absent if the service gives several. */
  readonly language?: string
  readonly logprobs?: TokenLogprob[]
  readonly usage?: Usage
  /** Length of the upload, in seconds. */
  readonly seconds?: number
}

type Present<T> = { [K in keyof T]?: NonNullable<T[K]> }

const present = <T extends object>(values: T): Present<T> =>
  Object.fromEntries(
    Object.entries(values).filter(([, value]) => value != null),
  ) as Present<T>

/** Omits an informative member that is malformed. */
const optional = <T extends z.ZodType>(schema: T) =>
  schema.nullish().catch(undefined)

/** A segment of whisper-1, or of a model that distinguishes speakers. */
const segmentSchema = z
  .object({
    id: optional(z.union([z.string(), z.number()]).transform(String)),
    start: z.number(),
    end: z.number(),
    text: z.string(),
    speaker: optional(z.string()),
    tokens: optional(z.array(z.number())),
    avg_logprob: optional(z.number()),
    compression_ratio: optional(z.number()),
    no_speech_prob: optional(z.number()),
    temperature: optional(z.number()),
  })
  .transform(({ id, start, end, text, speaker, ...more }): AnswerSegment => {
    const facts = present({
      tokens: more.tokens,
      avgLogprob: more.avg_logprob,
      compressionRatio: more.compression_ratio,
      noSpeechProb: more.no_speech_prob,
      temperature: more.temperature,
    })
    return {
      start,
      end,
      text,
      ...present({ id, speaker }),
      ...(Object.keys(facts).length > 0 && { facts }),
    }
  })

const wordSchema = z
  .object({ word: z.string(), start: z.number(), end: z.number() })
  .transform(({ word, start, end }) => ({ text: word, start, end }))

const logprobSchema = z.object({
  token: z.string(),
  logprob: z.number(),
  bytes: optional(z.array(z.number())).transform(bytes => bytes ?? []),
})

/** All JSON answers, and the last event of a stream. */
const answerSchema = z
  .object({
    text: z.string(),
    language: optional(z.string()),
    languages: optional(z.array(z.object({ code: z.string() }))),
    // Older servers write it as a string.
    duration: optional(z.coerce.number()),
    segments: z.array(segmentSchema).nullish(),
    words: z.array(wordSchema).nullish(),
    logprobs: optional(z.array(logprobSchema)),
    usage: optional(usageSchema.transform(usageOf)),
  })
  .transform(({ text, language, languages, duration, ...more }): Answer => {
    const only = languages?.length === 1 ? languages[0]!.code : undefined
    return {
      text,
      ...present({ language: language ?? only, seconds: duration, ...more }),
    }
  })

/** @throws UploadFailure that names the first malformed member */
const checked = <T extends z.ZodType>(
  schema: T,
  value: unknown,
  what: string,
): z.infer<T> => {
  const { success, data, error } = schema.safeParse(value)
  if (success) return data
  const place = error.issues[0]?.path.join('.') || 'object'
  throw UploadFailure.unreadable(`${what} has no usable '${place}'`)
}

const ARROW = /^\s*((?:\d+:)?\d+:\d+[.,]\d+)\s*-->\s*((?:\d+:)?\d+:\d+[.,]\d+)/

const secondsOf = (timecode: string): number =>
  timecode
    .replace(',', '.')
    .split(':')
    .reduce((sum, part) => 60 * sum + Number(part), 0)

const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  nbsp: ' ',
  lrm: '\u200E',
  rlm: '\u200F',
}

const unescaped = (text: string): string =>
  text.replaceAll(/&(\w+);/g, (all, name: string) => ENTITIES[name] ?? all)

/**
 * Reads the cues of SubRip or WebVTT. Each has a line with an arrow, and its
 * text up to a blank line; everything else is ignored.
 */
const readCaptions = (
  captions: string,
  format: 'srt' | 'vtt',
): AnswerSegment[] => {
  const segments: AnswerSegment[] = []
  for (const block of captions.replaceAll(/\r\n?/g, '\n').split(/\n\s*\n/)) {
    const lines = block.split('\n')
    const at = lines.findIndex(line => ARROW.test(line))
    if (at < 0) continue
    const [, start, end] = ARROW.exec(lines[at]!)!
    const text = lines
      .slice(at + 1)
      .join(' ')
      .trim()
    segments.push({
      start: secondsOf(start!),
      end: secondsOf(end!),
      text: format === 'vtt' ? unescaped(text) : text,
    })
  }
  return segments
}

/**
 * Yields the data of server-sent events (WHATWG HTML, 9.2). A last event
 * without its blank line counts.
 */
async function* sseData(
  body: AsyncIterable<Uint8Array>,
): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let rest = ''
  let data: string[] = []
  const take = function* (lines: readonly string[]): Generator<string> {
    for (const line of lines) {
      const field = /^data(?:: ?(.*))?$/s.exec(line)
      if (field) data.push(field[1] ?? '')
      if (line !== '' || data.length === 0) continue
      yield data.join('\n')
      data = []
    }
  }
  for await (const bytes of body) {
    rest += decoder.decode(bytes, { stream: true })
    // A CR at the end may be half of a CR LF.
    const whole = rest.endsWith('\r') ? rest.slice(0, -1) : rest
    const lines = whole.split(/\r\n|\n|\r/)
    rest = lines.pop()! + rest.slice(whole.length)
    yield* take(lines)
  }
  yield* take([...(rest + decoder.decode()).split(/\r\n|\n|\r/), ''])
}

export type AnswerListener = {
  readonly onActivity: () => void
  /** Called for each delta, with its segment if the service names one. */
  readonly onDelta: (text: string, segment?: string) => void
  readonly hide: Redactor
}

type Fields = Readonly<Record<string, unknown>>

const parse = (json: string): unknown => {
  try {
    return JSON.parse(json)
  } catch {
    return undefined
  }
}

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** @throws UploadFailure if the connection breaks */
async function* chunksOf(
  response: Response,
  onActivity: () => void,
): AsyncGenerator<Uint8Array> {
  if (!response.body) return
  try {
    for await (const bytes of response.body as AsyncIterable<Uint8Array>) {
      onActivity()
      yield bytes
    }
  } catch {
    throw UploadFailure.broken(
      'the connection was lost',
      requestFacts(response),
    )
  }
}

const requestFacts = (response: Response) => ({
  status: response.status,
  requestId: response.headers.get('x-request-id') ?? undefined,
})

const textOf = async (chunks: AsyncIterable<Uint8Array>): Promise<string> => {
  const decoder = new TextDecoder()
  let text = ''
  for await (const bytes of chunks)
    text += decoder.decode(bytes, { stream: true })
  return text + decoder.decode()
}

const readBody = (
  body: string,
  format: ResponseFormat,
  isJson: boolean,
): Answer => {
  const wantsJson = format.endsWith('json')
  const value = wantsJson || isJson ? parse(body) : undefined
  if (isFields(value)) return checked(answerSchema, value, 'the answer')
  if (wantsJson) throw UploadFailure.unreadable('it is no JSON object')
  const text = typeof value === 'string' ? value : body
  if (format === 'text') return { text: text.trim() }
  const segments = readCaptions(text, format as 'srt' | 'vtt')
  return { text: segments.map(segment => segment.text).join(' '), segments }
}

const readEvent = (
  event: Fields,
  segments: AnswerSegment[],
  { onDelta }: AnswerListener,
): Answer | undefined => {
  switch (event['type']) {
    case 'transcript.text.delta': {
      const { delta, segment_id: segment } = event
      if (typeof delta === 'string')
        onDelta(delta, typeof segment === 'string' ? segment : undefined)
      return undefined
    }
    case 'transcript.text.segment':
      segments.push(checked(segmentSchema, event, 'a segment'))
      return undefined
    case 'transcript.text.done': {
      const answer = checked(answerSchema, event, 'the answer')
      return segments.length > 0 ? { ...answer, segments } : answer
    }
    default:
      // Unknown types are ignored.
      return undefined
  }
}

const readStream = async (
  response: Response,
  listener: AnswerListener,
): Promise<Answer> => {
  const segments: AnswerSegment[] = []
  for await (const data of sseData(chunksOf(response, listener.onActivity))) {
    if (data === '[DONE]') break
    const event = parse(data)
    if (event === undefined)
      throw UploadFailure.broken('an event is no JSON', requestFacts(response))
    if (!isFields(event)) continue
    if (isFields(event['error']) || event['type'] === 'error')
      throw failureOfBody(
        isFields(event['error']) ? event['error'] : event,
        listener.hide,
        undefined,
        response.headers,
      )
    const answer = readEvent(event, segments, listener)
    if (answer) return answer
  }
  throw UploadFailure.broken('the stream ended early', requestFacts(response))
}

/**
 * Reads an answer. A service without streaming answers a request to stream with
 * a body.
 *
 * @throws UploadFailure if the answer is incomplete or malformed
 */
export const readAnswer = async (
  response: Response,
  format: ResponseFormat,
  listener: AnswerListener,
): Promise<Answer> => {
  const type = response.headers.get('content-type') ?? ''
  if (/^text\/event-stream/i.test(type)) return readStream(response, listener)
  const body = await textOf(chunksOf(response, listener.onActivity))
  if (isWebPage(type, body))
    throw UploadFailure.unreachable({
      reason: `the address answered with a web page (${pageTitle(body) || 'without a title'})`,
      cure: PAGE_CURE,
      final: true,
    })
  return readBody(body, format, /[/+]json/i.test(type))
}
