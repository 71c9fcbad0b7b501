import {
  type ServiceErrorBody,
  invalidRequest,
} from '../../openai/wire/service-error.ts'
import {
  type SessionConfig,
  type TurnSettings,
  updateConfig,
} from '../../openai/wire/session-config.ts'
import { servedModel } from '../../openai/wire/openai-models.ts'
import type { Latency } from '../../recognizers/live-text.ts'
import type { TurnOptions } from '../../recognizers/turn-segmenter.ts'
import type { Engines, LocalModel } from '../engines.ts'

/**
 * What the engine does for a session:
 *
 * - `turns`: finds turns and transcribes them
 * - `manual`: transcribes the audio between two commits
 * - `buffer`: waits for a model, which may be set before the commit
 */
export type SessionPlan = {
  readonly kind: 'turns' | 'manual' | 'buffer'
  readonly turns: Required<TurnOptions> | undefined
  readonly transcribes: boolean
  /** Model of the engine; undefined: the server's default. */
  readonly engine: LocalModel['engine']
  readonly latency: Latency | undefined
  readonly language: string | undefined
  /** Keywords, for a recogniser that takes them. */
  readonly keywords?: readonly string[]
}

const LATENCIES: Readonly<Record<string, Latency>> = {
  minimal: 'low',
  low: 'low',
  medium: 'balanced',
  high: 'accurate',
  xhigh: 'accurate',
}

/** Longest silence of semantic turn detection, in ms, by eagerness. */
const MAX_SILENCE_MS = { low: 5_000, medium: 4_000, auto: 4_000, high: 2_000 }

const clamp = (value: number, least: number, most: number): number =>
  Math.min(Math.max(value, least), most)

const turnsOf = (settings: TurnSettings): Required<TurnOptions> => {
  const semantic = settings.type === 'semantic_vad'
  const silence = semantic
    ? MAX_SILENCE_MS[settings.eagerness]
    : clamp(settings.silence_duration_ms, 100, 5_000)
  return {
    threshold: semantic ? 0.5 : clamp(settings.threshold, 0.2, 0.99),
    prefixPaddingMs: semantic
      ? 300
      : clamp(settings.prefix_padding_ms, 0, 2_000),
    silenceDurationMs: silence,
    shortTurnSilenceMs: silence,
  }
}

export const planOf = (
  { audio }: SessionConfig,
  engines: Pick<Engines, 'models' | 'expectedLanguage' | 'keywordsOf'>,
): SessionPlan => {
  const { transcription, turn_detection } = audio.input
  const name = transcription?.model ?? ''
  const model: LocalModel | undefined = servedModel(name, engines.models)
  const turns = turn_detection ? turnsOf(turn_detection) : undefined
  const withoutTurns = model ? 'manual' : 'buffer'
  return {
    kind: turns ? 'turns' : withoutTurns,
    turns,
    transcribes: model !== undefined,
    engine: model?.engine,
    latency:
      model?.realtime === 'live'
        ? LATENCIES[transcription?.delay ?? 'medium']
        : undefined,
    language: engines.expectedLanguage(transcription ?? {}),
    ...engines.keywordsOf(transcription?.keywords ?? []),
  }
}

/** Whether the same engine session serves both plans. */
export const isSamePlan = (a: SessionPlan, b: SessionPlan): boolean =>
  JSON.stringify(a) === JSON.stringify(b)

/** Returns an error for a language that the recogniser does not know. */
const unsupportedSetting = (
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

/** Returns a session's settings after an update, or why it is refused. */
export const changeConfig = (
  before: SessionConfig,
  update: unknown,
  engines: Engines,
): { config: SessionConfig } | { error: ServiceErrorBody } => {
  const changed = updateConfig(before, update, engines.models)
  if ('error' in changed) return changed
  const error = unsupportedSetting(changed.config, engines)
  return error ? { error } : changed
}
