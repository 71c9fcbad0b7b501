import { z } from 'zod'
import type { TokenLogprob, Usage } from '../../core/transcript-event.ts'
import { isWebPage, PAGE_CURE, pageTitle } from '../../io/http-problems.ts'
import { usageOf, usageSchema } from '../usage.ts'
import type { ResponseFormat } from '../wire/openai-models.ts'
import {
  UploadFailure,
  type Redactor,
  failureOfBody,
} from './upload-failure.ts'

/** A stretch of an answer with its place in the upload, in seconds. */
export type AnswerSegment = {
  /** The service's name for it; deltas go by it. */
  readonly id?: string
  readonly start: number
  readonly end: number
  readonly text: string
  readonly speaker?: string
  readonly facts?: {
    readonly tokens?: number[]
    readonly avgLogprob?: number
    readonly compressionRatio?: number
    readonly noSpeechProb?: number
    readonly temperature?: number
  }
}

/** A word of an answer; times in seconds of the upload. */
type AnswerWord = {
  readonly text: string
  readonly start: number
  readonly end: number
}

/** What a service made of an upload, whatever form it came in. */
export type Answer = {
  readonly text: string
  readonly segments?: readonly AnswerSegment[]
  readonly words?: readonly AnswerWord[]
  /** Name or code, as the service has it; only where it is certain. */
  readonly language?: string
  readonly logprobs?: TokenLogprob[]
  readonly usage?: Usage
  /** Length of the upload, in seconds. */
  readonly seconds?: number
}

/** Something of no weight: where it is malformed, it is left out. */
const optional = <T extends z.ZodType>(schema: T) =>
  schema.nullish().catch(undefined)

const logprob = z.looseObject({
  token: z.string(),
  logprob: z.number(),
  bytes: optional(z.array(z.number())),
})

/** A segment of whisper-1, or of a model that knows speakers. */
const segmentSchema = z.looseObject({
  id: optional(z.union([z.string(), z.number()])),
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

/** All JSON answers and the last event of a stream in one. */
const answerSchema = z.looseObject({
  text: z.string(),
  language: optional(z.string()),
  languages: optional(z.array(z.looseObject({ code: z.string() }))),
  // Older servers write it as a string.
  duration: optional(z.coerce.number()),
  segments: z.array(segmentSchema).nullish(),
  words: z
    .array(
      z.looseObject({ word: z.string(), start: z.number(), end: z.number() }),
    )
    .nullish(),
  logprobs: optional(z.array(logprob)),
  usage: optional(usageSchema),
})

type Present<T> = { [K in keyof T]?: NonNullable<T[K]> }

/** Only the members that are there. */
const present = <T extends object>(values: T): Present<T> =>
  Object.fromEntries(
    Object.entries(values).filter(([, value]) => value != null),
  ) as Present<T>

const factsOf = (segment: z.infer<typeof segmentSchema>) =>
  present({
    tokens: segment.tokens,
    avgLogprob: segment.avg_logprob,
    compressionRatio: segment.compression_ratio,
    noSpeechProb: segment.no_speech_prob,
    temperature: segment.temperature,
  })

/** Where the shape is wrong, for a message; never what stands there. */
const placeOf = (error: z.ZodError): string =>
  error.issues[0]?.path.join('.') || 'object'

const checked = <T extends z.ZodType>(
  schema: T,
  value: unknown,
  what: string,
): z.infer<T> => {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  throw UploadFailure.unreadable(
    `${what} has no usable '${placeOf(result.error)}'`,
  )
}

/**
 * A segment as the service has it in an answer or sends it by itself.
 *
 * @throws Failure where text or times are missing
 */
const readSegment = (value: unknown): AnswerSegment => {
  const segment = checked(segmentSchema, value, 'a segment')
  const facts = factsOf(segment)
  const { id, start, end, text, speaker } = segment
  return {
    start,
    end,
    text,
    ...(id != null && { id: String(id) }),
    ...(speaker != null && { speaker }),
    ...(Object.keys(facts).length > 0 && { facts }),
  }
}

/**
 * An answer in JSON of any format. Unknown members do no harm.
 *
 * @throws Failure where there is no text, or segments have no times
 */
const readJsonAnswer = (value: unknown): Answer => {
  const answer = checked(answerSchema, value, 'the answer')
  const [code, ...others] = answer.languages ?? []
  const language =
    answer.language ?? (others.length === 0 ? code?.code : undefined)
  return {
    text: answer.text,
    ...present({
      language,
      seconds: answer.duration,
      segments: answer.segments?.map(readSegment),
      words: answer.words?.map(({ word, start, end }) => ({
        text: word,
        start,
        end,
      })),
      logprobs: answer.logprobs?.map(({ token, logprob, bytes }) => ({
        token,
        logprob,
        bytes: bytes ?? [],
      })),
      usage: answer.usage && usageOf(answer.usage),
    }),
  }
}

const ARROW = /^\s*((?:\d+:)?\d+:\d+[.,]\d+)\s*-->\s*((?:\d+:)?\d+:\d+[.,]\d+)/

/** Seconds of `HH:MM:SS,mmm` or `MM:SS.mmm`. */
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
 * The cues of SubRip or WebVTT as a transcription service writes them: each
 * has a line with an arrow, and its text up to a blank line. Numbers, notes,
 * styles and settings are left out.
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
 * The data of server-sent events, in any chunking (WHATWG HTML, 9.2): lines
 * end in LF, CR or both, comments and other fields are left out, and a last
 * event without its blank line counts.
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
    // A CR at the end may be the first half of a line's end.
    const whole = rest.endsWith('\r') ? rest.slice(0, -1) : rest
    const lines = whole.split(/\r\n|\n|\r/)
    rest = lines.pop()! + rest.slice(whole.length)
    yield* take(lines)
  }
  yield* take([...(rest + decoder.decode()).split(/\r\n|\n|\r/), ''])
}

/** Told of an answer while it comes. */
export type AnswerListener = {
  /** Something came. */
  readonly onActivity: () => void
  /** Text came, of a segment where the service says which. */
  readonly onDelta: (text: string, segment?: string) => void
  /** Of what the service says of an error. */
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

/** The body, chunk by chunk; a connection that breaks is a Failure. */
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

/** The answer in a body of its own. */
const readBody = (
  body: string,
  format: ResponseFormat,
  isJson: boolean,
): Answer => {
  const wantsJson = format.endsWith('json')
  const value = wantsJson || isJson ? parse(body) : undefined
  if (isFields(value)) return readJsonAnswer(value)
  if (wantsJson) throw UploadFailure.unreadable('it is no JSON object')
  const text = typeof value === 'string' ? value : body
  if (format === 'text') return { text: text.trim() }
  const segments = readCaptions(text, format as 'srt' | 'vtt')
  return { text: segments.map(segment => segment.text).join(' '), segments }
}

/** One event of a stream; the answer, once it is there. */
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
      segments.push(readSegment(event))
      return undefined
    case 'transcript.text.done': {
      const answer = readJsonAnswer(event)
      return segments.length > 0 ? { ...answer, segments } : answer
    }
    default:
      // There will be more types than there are today.
      return undefined
  }
}

/** The answer in a stream of events. */
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
 * Reads an answer of the endpoint, whatever form it has: a service that knows
 * no streams answers with a body all the same.
 *
 * @throws Failure where it is not whole, or makes no sense
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
