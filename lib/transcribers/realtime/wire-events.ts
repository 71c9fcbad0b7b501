import { z } from 'zod'
import { usageSchema } from '../usage.ts'

const text = z.string()
const item = { item_id: text }

const logprobs = z.array(
  z.looseObject({
    token: text,
    logprob: z.number(),
    bytes: z.array(z.number()).nullish(),
  }),
)

const serviceError = z.looseObject({
  message: text.nullish(),
  type: text.nullish(),
  code: text.nullish(),
  param: text.nullish(),
  event_id: text.nullish(),
})

/**
 * What is read of each event of the server, by its type; all else in it
 * passes. Members that only inform are dropped where they are malformed.
 */
const schemas = {
  'session.created': z.looseObject({
    session: z.looseObject({ expires_at: z.number().nullish().catch(null) }),
  }),
  'session.updated': z.looseObject({}),
  'input_audio_buffer.speech_started': z.looseObject({
    ...item,
    audio_start_ms: z.number(),
  }),
  'input_audio_buffer.speech_stopped': z.looseObject({
    ...item,
    audio_end_ms: z.number(),
  }),
  'input_audio_buffer.committed': z.looseObject({
    ...item,
    previous_item_id: text.nullish(),
  }),
  'conversation.item.input_audio_transcription.delta': z.looseObject({
    ...item,
    delta: text,
  }),
  'conversation.item.input_audio_transcription.completed': z.looseObject({
    ...item,
    transcript: text,
    usage: usageSchema.nullish().catch(null),
    languages: z
      .array(z.looseObject({ code: text }))
      .nullish()
      .catch(null),
    logprobs: logprobs.nullish().catch(null),
  }),
  'conversation.item.input_audio_transcription.failed': z.looseObject({
    ...item,
    error: serviceError.nullish().catch(null),
  }),
  error: z.looseObject({ error: serviceError }),
} as const

type Schemas = typeof schemas
type Type = keyof Schemas

/** Events of the server that mean something here, by type. */
export type WireEvents = { readonly [T in Type]: z.infer<Schemas[T]> }

/** Final of a turn, as the server sends it. */
export type Completed =
  WireEvents['conversation.item.input_audio_transcription.completed']

/** What the server says of an error. */
export type WireError = z.infer<typeof serviceError>

/** One function for each event that means something. */
export type WireHandlers = {
  readonly [T in Type]: (event: WireEvents[T]) => void
}

/**
 * Gives an event to its handler.
 *
 * @returns what became of it: `unknown` is a type that means nothing here,
 *   `malformed` lacks what its type promises
 */
export const dispatch = (
  event: { readonly type: string },
  handlers: WireHandlers,
): 'handled' | 'unknown' | 'malformed' => {
  if (!Object.hasOwn(schemas, event.type)) return 'unknown'
  const type = event.type as Type
  const parsed = schemas[type].safeParse(event)
  if (!parsed.success) return 'malformed'
  ;(handlers[type] as (event: unknown) => void)(parsed.data)
  return 'handled'
}
