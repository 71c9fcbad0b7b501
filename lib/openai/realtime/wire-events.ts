import { z } from 'zod'
import { ServiceRefusedError } from '../../core/errors.ts'
import { redact } from '../../core/redact.ts'
import { isTemporary } from '../../io/http-problems.ts'
import type { SocketEnd } from '../../io/realtime-socket.ts'
import { ACCOUNT_CODES } from '../files/upload-failure.ts'
import { usageSchema } from '../usage.ts'
import { olderFormOf, type SessionConfig } from './session-settings.ts'

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
 * The fields used of each event of the server. Informative members are dropped
 * if malformed.
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

type WireEvents = { readonly [T in Type]: z.infer<Schemas[T]> }

export type Completed =
  WireEvents['conversation.item.input_audio_transcription.completed']

export type WireError = z.infer<typeof serviceError>

export type WireHandlers = {
  readonly [T in Type]: (event: WireEvents[T]) => void
}

/**
 * Validates an event and calls its handler.
 *
 * @returns `unknown` for a type without a handler, `malformed` if a field is
 *   missing
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

type Event = { readonly type: string }

const OLDER = 'transcription_session.'

/**
 * Detects the server's version of the protocol. A server that begins with
 * `transcription_session.created` is sent both forms of a configuration until
 * it has accepted one.
 */
export class ProtocolVersion {
  #older: boolean | 'unsure' = false
  #mayRefuse = false

  translate(event: Event): Event {
    const { type } = event
    if (type === `${OLDER}created`) {
      this.#older = 'unsure'
      this.#mayRefuse = true
    }
    if (!this.#older) return event
    const isUpdate = type === `${OLDER}updated` || type === 'session.updated'
    if (this.#older === 'unsure' && isUpdate)
      this.#older = type.startsWith(OLDER)
    return type.startsWith(OLDER)
      ? { ...event, type: `session.${type.slice(OLDER.length)}` }
      : event
  }

  /** Returns the events that configure a session, without ids. */
  updatesOf(config: Partial<SessionConfig>): object[] {
    const events: object[] = []
    if (this.#older !== true)
      events.push({
        type: 'session.update',
        session: { type: 'transcription', ...config },
      })
    if (this.#older)
      events.push({ type: `${OLDER}update`, session: olderFormOf(config) })
    return events
  }

  /** Whether an error may concern the form that the server does not know. */
  takeExcuse(): boolean {
    const excused = this.#mayRefuse
    this.#mayRefuse = false
    return excused
  }
}

export type SessionEnd = SocketEnd & {
  readonly error?: WireError
  /** Whether it reached its maximum duration. */
  readonly expired: boolean
  /** Whether the server rejected its configuration. */
  readonly misconfigured: boolean
}

/** Errors that another session would get too. */
const FATAL = new Set([
  ...ACCOUNT_CODES,
  'missing_model',
  'invalid_model',
  'beta_api_shape_disabled',
])

/** Close codes that blame the client: protocol and policy errors. */
const OURS = new Set([1002, 1003, 1007, 1008, 1009, 1010])

/** Code of a connection that ended without a close frame. */
export const NO_CLOSE = 1006

/** Whether no other session can succeed after an error. */
export const isFatal = (error: WireError | undefined): boolean =>
  FATAL.has(error?.code ?? '') || FATAL.has(error?.type ?? '')

const isRefused = (end: SessionEnd): boolean => {
  const { code, status, error } = end
  if (end.final || isFatal(error)) return true
  if (status !== undefined) return !isTemporary(status)
  if (OURS.has(code) || (code >= 3_000 && code < 5_000)) return true
  // A server may reject a configuration because of a fault of its own.
  return (
    end.misconfigured &&
    !/server_error|rate_limit/.test(`${error?.type} ${error?.code}`)
  )
}

const adviceOn = (status: number | undefined, error: WireError): string => {
  const code = `${error.code} ${error.type}`
  if (status === 401 || /invalid_api_key/.test(code))
    return '; check the API key'
  if (status === 402 || /quota|balance|billing/.test(code))
    return '; check the account'
  if (status === 403) return '; check the permissions of the API key'
  if (status === 404) return '; check the base URL'
  return ''
}

/**
 * Returns the error to end with, or undefined if another session may succeed.
 */
export const refusalOf = (end: SessionEnd): ServiceRefusedError | undefined => {
  if (end.expired || !isRefused(end)) return undefined
  const { code, reason, status, error, final, cure } = end
  const why = error?.message ?? (reason || `it closed with code ${code}`)
  const said = redact(why).replaceAll(/\s+/g, ' ').trim().replace(/\.$/, '')
  const advice = cure ? `; ${cure}` : adviceOn(status, error ?? {})
  const what = final
    ? 'the service cannot be reached'
    : 'the server refused the session'
  const wasClosed = code !== NO_CLOSE && status === undefined
  return new ServiceRefusedError(`${what}: ${said}${advice}`, {
    status,
    closeCode: wasClosed ? code : undefined,
    serviceCode: error?.code ? redact(error.code) : undefined,
  })
}
