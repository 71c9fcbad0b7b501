import { isEnglish } from '../../engine/english.ts'
import {
  type SessionConfig,
  updateConfig,
} from '../../protocol/realtime/session-config.ts'
import {
  type ServiceErrorBody,
  invalidRequest,
} from '../../protocol/service-error.ts'
import { localModels } from '../served-models.ts'

/** What the engine cannot do, though a model of that name could. */
const wishThatFails = ({
  audio,
}: SessionConfig): ServiceErrorBody | undefined => {
  const { language, languages } = audio.input.transcription ?? {}
  for (const [field, wanted] of [
    ['language', language ? [language] : []],
    ['languages', languages ?? []],
  ] as const) {
    if (wanted.every(isEnglish)) continue
    const param = `session.audio.input.transcription.${field}`
    return invalidRequest(
      'invalid_value',
      `Invalid value for '${param}'. This server transcribes English only: use 'en', or leave it out.`,
      param,
    )
  }
  return undefined
}

/**
 * A session's settings after an update, or why this server cannot follow it;
 * then nothing changes.
 */
export const changeConfig = (
  before: SessionConfig,
  update: unknown,
): { config: SessionConfig } | { error: ServiceErrorBody } => {
  const changed = updateConfig(before, update, localModels)
  if ('error' in changed) return changed
  const error = wishThatFails(changed.config)
  return error ? { error } : changed
}
