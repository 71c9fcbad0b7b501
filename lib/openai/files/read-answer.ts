import { isWebPage, PAGE_CURE, pageTitle } from '../../io/http-problems.ts'
import type { ResponseFormat } from '../wire/openai-models.ts'
import {
  type AnswerSegment,
  type Answer,
  readJsonAnswer,
  readSegment,
} from './answer.ts'
import {
  type Redactor,
  failureOfBody,
  UploadFailure,
} from './upload-failure.ts'

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
    throw UploadFailure.broken('the connection was lost', factsOf(response))
  }
}

const factsOf = (response: Response) => ({
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
      throw UploadFailure.broken('an event is no JSON', factsOf(response))
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
  throw UploadFailure.broken('the stream ended early', factsOf(response))
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
