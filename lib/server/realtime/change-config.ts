import {
  type SessionConfig,
  updateConfig,
} from '../../openai/wire/session-config.ts'
import {
  type ServiceErrorBody,
  invalidRequest,
} from '../../openai/wire/service-error.ts'
import type { Engines } from '../engines.ts'

/** What the engine cannot do, though a model of that name could. */
const wishThatFails = (
  { audio }: SessionConfig,
  engines: Engines,
): ServiceErrorBody | undefined => {
  const { language, languages } = audio.input.transcription ?? {}
  for (const [field, wanted] of [
    ['language', language ? [language] : []],
    ['languages', languages ?? []],
  ] as const) {
    if (wanted.every(code => engines.languageOf(code))) continue
    const param = `session.audio.input.transcription.${field}`
    return invalidRequest(
      'invalid_value',
      `Invalid value for '${param}'. ${engines.languageAdvice}`,
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
  engines: Engines,
): { config: SessionConfig } | { error: ServiceErrorBody } => {
  const changed = updateConfig(before, update, engines.models)
  if ('error' in changed) return changed
  const error = wishThatFails(changed.config, engines)
  return error ? { error } : changed
}
