import { z } from 'zod'
import type { TokenLogprob, Usage } from '../../core/transcript-event.ts'
import { usageOf, usageSchema } from '../usage.ts'
import { UploadFailure } from './upload-failure.ts'

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
export type AnswerWord = {
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
export const readSegment = (value: unknown): AnswerSegment => {
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
export const readJsonAnswer = (value: unknown): Answer => {
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
