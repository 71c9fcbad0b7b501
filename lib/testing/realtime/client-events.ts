import { type ServiceErrorBody, invalidRequest } from '../service-error.ts'
import type { ClientEvent, RealtimeSession } from './session.ts'
import { updateConfig } from './session-config.ts'
import { fromBase64 } from './wire-audio.ts'

/** Longest audio of one append, in bytes. */
const MAX_APPEND = 15 * 1_048_576

/** Event types that the service says it knows, in its order. */
export const supportedEvents: readonly string[] = [
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

type Answer = (
  session: RealtimeSession,
  event: ClientEvent,
) => ServiceErrorBody | undefined

/** What a transcription session does with an event, by its type. */
export const clientEvents: Readonly<Record<string, Answer>> = {
  'session.update': (session, { session: update }) => {
    if (session.talks)
      return invalidRequest(
        'invalid_parameter',
        'Passing a transcription session update event to a realtime session is not allowed.',
        'session.type',
      )
    const result = updateConfig(session.config, update)
    if ('error' in result) return result.error
    session.config = result.config
    session.outbox.send({
      type: 'session.updated',
      session: session.describe(),
    })
    return undefined
  },

  'input_audio_buffer.append': (session, { audio }) => {
    if (audio === undefined)
      return invalidRequest(
        'missing_required_parameter',
        "Missing required parameter: 'audio'.",
        'audio',
      )
    const bytes = typeof audio === 'string' ? fromBase64(audio) : undefined
    if (!bytes)
      return invalidRequest(
        'invalid_value',
        "Invalid 'audio'. Expected base64-encoded audio bytes.",
        'audio',
      )
    if (bytes.length > MAX_APPEND)
      return invalidRequest(
        'invalid_value',
        `Invalid 'audio'. Expected at most ${MAX_APPEND} bytes.`,
        'audio',
      )
    session.turns.append(bytes)
    return undefined
  },

  'input_audio_buffer.commit': session => session.turns.commit(),

  'input_audio_buffer.clear': session => {
    session.turns.clear()
    session.outbox.send({ type: 'input_audio_buffer.cleared' })
    return undefined
  },
}
