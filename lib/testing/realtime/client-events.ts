import {
  type ServiceErrorBody,
  invalidRequest,
} from '../../openai/wire/service-error.ts'
import { type ClientEvent, readAppend } from '../../openai/wire/client-event.ts'
import type { RealtimeSession } from './session.ts'
import { updateConfig } from '../../openai/wire/session-config.ts'

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

  'input_audio_buffer.append': (session, event) => {
    const read = readAppend(event)
    if ('error' in read) return read.error
    session.turns.append(read.bytes)
    return undefined
  },

  'input_audio_buffer.commit': session => session.turns.commit(),

  'input_audio_buffer.clear': session => {
    session.turns.clear()
    session.outbox.send({ type: 'input_audio_buffer.cleared' })
    return undefined
  },
}
