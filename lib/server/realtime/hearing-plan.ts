import type { Latency } from '../../recognizers/latency.ts'
import { servedModel } from '../../openai/wire/wire-models.ts'
import type { TurnOptions } from '../../recognizers/turn-segmenter.ts'
import type {
  SessionConfig,
  TurnSettings,
} from '../../openai/wire/session-config.ts'
import type { Engines } from '../engines.ts'
import type { LocalModel } from '../served-models.ts'

/**
 * What the engine is to do for a session:
 *
 * - `turns`: it finds turns, and recognises them
 * - `manual`: it recognises what lies between two commits
 * - `hold`: it does nothing, for there is no model; but there may be one
 *   before the next commit
 */
export type HearingPlan = {
  readonly kind: 'turns' | 'manual' | 'hold'
  readonly turns: Required<TurnOptions> | undefined
  /** Whether to recognise what is said. */
  readonly recognises: boolean
  /** By which engine; undefined: that of the server. */
  readonly engine: LocalModel['engine']
  /** How soon text is shown while somebody speaks; none: it is not. */
  readonly latency: Latency | undefined
  /** Language spoken, as far as that is known before. */
  readonly language: string | undefined
  /** Words that may come, for a recogniser that takes them. */
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
const PATIENCE = { low: 5_000, medium: 4_000, auto: 4_000, high: 2_000 }

const clamp = (value: number, least: number, most: number): number =>
  Math.min(Math.max(value, least), most)

const turnsOf = (settings: TurnSettings): Required<TurnOptions> => {
  const semantic = settings.type === 'semantic_vad'
  const silence = semantic
    ? PATIENCE[settings.eagerness]
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

/** What a session's settings mean to the engine. */
export const planOf = (
  { audio }: SessionConfig,
  engines: Pick<Engines, 'models' | 'expectedLanguage' | 'keywordsOf'>,
): HearingPlan => {
  const { transcription, turn_detection } = audio.input
  const name = transcription?.model ?? ''
  const model: LocalModel | undefined = servedModel(name, engines.models)
  const turns = turn_detection ? turnsOf(turn_detection) : undefined
  const heard = model ? 'manual' : 'hold'
  return {
    kind: turns ? 'turns' : heard,
    turns,
    recognises: model !== undefined,
    engine: model?.engine,
    latency:
      model?.realtime === 'live'
        ? LATENCIES[transcription?.delay ?? 'medium']
        : undefined,
    language: engines.expectedLanguage(transcription ?? {}),
    ...engines.keywordsOf(transcription?.keywords ?? []),
  }
}

/** Whether a session of the engine for one plan is good for another. */
export const isSamePlan = (a: HearingPlan, b: HearingPlan): boolean =>
  JSON.stringify(a) === JSON.stringify(b)
