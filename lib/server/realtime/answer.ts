import type { FinalEvent } from '../../core/transcript-event.ts'
import { type ServedModel, servedModel } from '../../protocol/models.ts'
import {
  type ServerEvent,
  completed,
  delta,
} from '../../protocol/realtime/server-event.ts'
import type { SessionConfig } from '../../protocol/realtime/session-config.ts'
import {
  STAND_IN_LOGPROB,
  logprobsOf,
  piecesOf,
  usageOf,
} from '../../protocol/spoken-text.ts'
import { logprobOf } from '../logprob.ts'
import type { Engines } from '../engines.ts'

/** How the transcript of a turn is told. */
export type AnswerForm = {
  readonly name: string
  readonly model: ServedModel
  readonly logprobs: boolean
  /** Language of all turns, where there is only one. */
  readonly language: string | undefined
}

/** How turns are told with some settings; undefined: not at all. */
export const answerForm = (
  { audio, include }: SessionConfig,
  engines: Engines,
): AnswerForm | undefined => {
  const name = audio.input.transcription?.model ?? ''
  const model = servedModel(name, engines.models)
  return (
    model && {
      name,
      model,
      logprobs: model.logprobs && Boolean(include?.length),
      language: engines.language,
    }
  )
}

/**
 * What is said of a turn once its transcript is there.
 *
 * @param seconds of audio that it has
 */
export const answerOf = (
  id: string,
  said: Pick<FinalEvent, 'text' | 'words' | 'language'>,
  seconds: number,
  { name, model, logprobs, language: only }: AnswerForm,
): ServerEvent[] => {
  const { text, words = [], language: code = only } = said
  const pieces = piecesOf(text)
  const known = words.length === pieces.length ? words.map(logprobOf) : []
  const whole = completed(id, text, {
    usage: usageOf(model, seconds, text),
    ...(model.languages && {
      languages: text === '' || !code ? [] : [{ code }],
    }),
    ...(logprobs && { logprobs: logprobsOf(pieces, known) }),
  })
  if (model.realtime === 'live' || text === '') return [whole]
  if (name === 'whisper-1') return [delta(id, text), whole]
  const deltas = pieces.map((piece, i) =>
    delta(id, piece, logprobs ? (known[i] ?? STAND_IN_LOGPROB) : undefined),
  )
  return [...deltas, whole]
}
