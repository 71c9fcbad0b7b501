import type { FinalEvent } from '../../core/transcript-event.ts'
import { type ServedModel, servedModel } from '../../openai/wire/wire-models.ts'
import {
  type ServerEvent,
  completed,
  delta,
} from '../../openai/wire/server-event.ts'
import type { SessionConfig } from '../../openai/wire/session-config.ts'
import {
  STAND_IN_LOGPROB,
  languagesOf,
  logprobsOf,
  piecesOf,
  usageOf,
} from '../../openai/wire/spoken-text.ts'
import { allKnown, logprobsIn } from '../logprob.ts'
import type { Engines } from '../engines.ts'

/** How the transcript of a turn is told. */
export type AnswerForm = {
  readonly name: string
  readonly model: ServedModel
  readonly logprobs: boolean
  /** Whether a constant stands in for logprobs that are not known. */
  readonly standIns: boolean
  /** Languages of turns whose language the recogniser does not tell. */
  readonly languages: readonly string[]
}

/** How turns are told with some settings; undefined: not at all. */
export const answerForm = (
  { audio, include }: SessionConfig,
  engines: Engines,
): AnswerForm | undefined => {
  const { transcription } = audio.input
  const name = transcription?.model ?? ''
  const model = servedModel(name, engines.models)
  if (!model) return undefined
  const { isStrict } = engines
  const expected = engines.expectedLanguage(transcription ?? {})
  return {
    name,
    model,
    logprobs: model.logprobs && Boolean(include?.length),
    standIns: isStrict,
    languages: isStrict
      ? (transcription?.languages ?? [])
      : expected
        ? [expected]
        : [],
  }
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
  { name, model, logprobs, standIns, languages }: AnswerForm,
): ServerEvent[] => {
  const { text, words = [], language } = said
  const codes = language ? [language] : languages
  const pieces = piecesOf(text)
  const known = logprobs
    ? logprobsIn(pieces, words).map(one =>
        standIns ? (one ?? STAND_IN_LOGPROB) : one,
      )
    : []
  const all = logprobs && allKnown(known)
  const whole = completed(id, text, {
    usage: usageOf(model, seconds, text),
    ...(model.languages && {
      languages: text === '' ? [] : languagesOf(codes),
    }),
    ...(all && { logprobs: logprobsOf(pieces, all) }),
  })
  if (model.realtime === 'live' || text === '') return [whole]
  if (name === 'whisper-1') return [delta(id, text), whole]
  const deltas = pieces.map((piece, i) => delta(id, piece, known[i]))
  return [...deltas, whole]
}
