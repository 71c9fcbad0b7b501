import { endianness } from 'node:os'
import { ALAW, MULAW } from '../../audio/pcm.ts'
import { type ServiceErrorBody, invalidRequest } from './service-error.ts'
import type { InputFormat } from './session-config.ts'

/** An event of a client, not validated. */
export type ClientEvent = Readonly<Record<string, unknown>>

const MAX_APPEND = 15 * 1_048_576

/** Event types in the order of the service's error message. */
const supportedEvents: readonly string[] = [
  'session.update',
  'session.close',
  'input_audio_buffer.append',
  'session.input_audio_buffer.append',
  'input_audio_buffer.commit',
  'input_audio_buffer.clear',
  'conversation.item.create',
  'conversation.item.truncate',
  'conversation.item.delete',
  'conversation.item.retrieve',
  'response.create',
  'response.cancel',
]

const quoted = supportedEvents.map(name => `'${name}'`)
const listed = `${quoted.slice(0, -1).join(', ')}, and ${quoted.at(-1)}`

type ReadEvent =
  | {
      readonly type: string
      readonly event: ClientEvent
      readonly id: string | null
    }
  | { readonly error: ServiceErrorBody; readonly id: string | null }

const wrong = (
  id: string | null,
  ...error: Parameters<typeof invalidRequest>
): ReadEvent => ({ error: invalidRequest(...error), id })

export const readEvent = (data: Buffer, binary: boolean): ReadEvent => {
  if (binary)
    return wrong(
      null,
      'invalid_event',
      'Expected a text WebSocket message; binary frames are not supported.',
    )
  let event: unknown
  try {
    event = JSON.parse(data.toString())
  } catch {
    return wrong(null, 'invalid_json', 'We could not parse the JSON body.')
  }
  if (typeof event !== 'object' || event === null || Array.isArray(event))
    return wrong(null, 'invalid_event', 'Expected a JSON object.')
  return readType(event as ClientEvent)
}

const readType = (event: ClientEvent): ReadEvent => {
  const { type, event_id } = event
  const id = typeof event_id === 'string' ? event_id : null
  if (type === undefined)
    return wrong(
      id,
      'missing_required_parameter',
      "Missing required parameter: 'type'.",
      'type',
    )
  if (typeof type === 'string' && supportedEvents.includes(type))
    return { type, event, id }
  const shown = typeof type === 'string' ? type : JSON.stringify(type)
  return wrong(
    id,
    'invalid_value',
    `Invalid value: '${shown}'. Supported values are: ${listed}.`,
    'type',
  )
}

/** The error of event types that only conversations have. */
export const notSupported = (type: string): ServiceErrorBody =>
  invalidRequest(
    null,
    `'${type}' is not supported in a transcription session.`,
    'type',
  )

/** The error of a transcription session's update in a conversation. */
export const conversationUpdate: ServiceErrorBody = invalidRequest(
  'invalid_parameter',
  'Passing a transcription session update event to a realtime session is not allowed.',
  'session.type',
)

export const readAppend = ({
  audio,
}: ClientEvent): { bytes: Buffer } | { error: ServiceErrorBody } => {
  const refuse = (code: string, message: string) => ({
    error: invalidRequest(code, message, 'audio'),
  })
  if (audio === undefined)
    return refuse(
      'missing_required_parameter',
      "Missing required parameter: 'audio'.",
    )
  const bytes = typeof audio === 'string' ? fromBase64(audio) : undefined
  if (!bytes)
    return refuse(
      'invalid_value',
      "Invalid 'audio'. Expected base64-encoded audio bytes.",
    )
  return bytes.length > MAX_APPEND
    ? refuse(
        'invalid_value',
        `Invalid 'audio'. Expected at most ${MAX_APPEND} bytes.`,
      )
    : { bytes }
}

/** Shortest turn that can be committed, in ms. */
export const SHORTEST_TURN_MS = 100

export const commitEmpty = (ms: number): ServiceErrorBody =>
  invalidRequest(
    'input_audio_buffer_commit_empty',
    `Error committing input audio buffer: buffer too small. Expected at least ${SHORTEST_TURN_MS}ms of audio, but buffer only has ${ms.toFixed(2)}ms of audio.`,
  )

const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/

/** Decodes base64; returns undefined if it is malformed. */
const fromBase64 = (text: string): Buffer | undefined =>
  text.length % 4 === 0 && BASE64.test(text)
    ? Buffer.from(text, 'base64')
    : undefined

export const rateOf = (format: InputFormat): number =>
  format.type === 'audio/pcm' ? format.rate : 8_000

const companded = (bytes: Uint8Array, table: Float32Array): Int16Array => {
  const samples = new Int16Array(bytes.length)
  for (let i = 0; i < bytes.length; i++) samples[i] = table[bytes[i]!]! * 32_768
  return samples
}

/**
 * Decodes the audio of a session to samples; chunks may end within a sample.
 */
export class WireAudio {
  #odd = Buffer.alloc(0)

  push(bytes: Buffer, format: InputFormat): Int16Array {
    if (format.type === 'audio/pcmu') return companded(bytes, MULAW)
    if (format.type === 'audio/pcma') return companded(bytes, ALAW)
    const all = this.#odd.length > 0 ? Buffer.concat([this.#odd, bytes]) : bytes
    const samples = new Int16Array(all.length >> 1)
    const copy = Buffer.from(samples.buffer)
    all.copy(copy, 0, 0, copy.length)
    if (endianness() === 'BE') copy.swap16()
    this.#odd = Buffer.from(all.subarray(2 * samples.length))
    return samples
  }
}
