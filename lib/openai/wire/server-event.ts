import { randomBytes } from 'node:crypto'
import { logprobsOf } from './answers.ts'
import type { ServiceErrorBody } from './service-error.ts'

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

export const base62 = (length: number): string => {
  let text = ''
  for (const byte of randomBytes(length)) text += BASE62[byte % 62]
  return text
}

/** Returns an id like OpenAI's: `item_` and 21 characters. */
export const newId = (prefix: 'event' | 'item' | 'sess' | 'req'): string =>
  `${prefix}_${base62(21)}`

/** An event of a server, without its id. */
export type ServerEvent = { readonly type: string } & Readonly<
  Record<string, unknown>
>

const TRANSCRIPTION = 'conversation.item.input_audio_transcription'

/** Events of a committed turn, in order. */
export const committed = (
  id: string,
  previous: string | null,
): readonly ServerEvent[] => {
  const item = {
    id,
    type: 'message',
    status: 'completed',
    role: 'user',
    content: [{ type: 'input_audio', transcript: null }],
  }
  const place = { previous_item_id: previous }
  return [
    { type: 'input_audio_buffer.committed', item_id: id, ...place },
    { type: 'conversation.item.added', ...place, item },
    { type: 'conversation.item.done', ...place, item },
  ]
}

/** `ms` counts from the first audio of the session. */
export const speechStarted = (id: string, ms: number): ServerEvent => ({
  type: 'input_audio_buffer.speech_started',
  audio_start_ms: Math.round(ms),
  item_id: id,
})

export const speechStopped = (id: string, ms: number): ServerEvent => ({
  type: 'input_audio_buffer.speech_stopped',
  audio_end_ms: Math.round(ms),
  item_id: id,
})

/** @param logprob of the text, if requested */
export const delta = (
  id: string,
  text: string,
  logprob?: number,
): ServerEvent => ({
  type: `${TRANSCRIPTION}.delta`,
  item_id: id,
  content_index: 0,
  delta: text,
  ...(logprob !== undefined && { logprobs: logprobsOf([text], [logprob]) }),
  obfuscation: base62(16 - (text.length % 16)),
})

export const completed = (
  id: string,
  transcript: string,
  facts: {
    readonly usage: Record<string, unknown>
    readonly languages?: readonly { readonly code: string }[]
    readonly logprobs?: ReturnType<typeof logprobsOf>
  },
): ServerEvent => ({
  type: `${TRANSCRIPTION}.completed`,
  item_id: id,
  content_index: 0,
  transcript,
  ...facts,
})

export const transcriptionFailed = (id: string): ServerEvent => ({
  type: `${TRANSCRIPTION}.failed`,
  item_id: id,
  content_index: 0,
  error: {
    type: 'server_error',
    code: null,
    message: `Input transcription failed for item '${id}'.`,
    param: null,
  },
})

/** An error, after which the session continues unless it is closed. */
export const errorEvent = (
  error: ServiceErrorBody,
  eventId: string | null = null,
): ServerEvent => ({ type: 'error', error: { ...error, event_id: eventId } })

export const describeSession = (
  id: string,
  expiresAt: number,
  config: object,
): Record<string, unknown> => ({
  id,
  expires_at: expiresAt,
  object: 'realtime.transcription_session',
  type: 'transcription',
  ...config,
})
