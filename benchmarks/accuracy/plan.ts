import { basename } from 'node:path'
import { openaiModels } from 'voxpipe'
import type { BenchClip } from '../clips.ts'
import { isEnglish } from '../language.ts'
import { openaiFileModels } from '../latency/openai-live.ts'
import type { BenchOptions } from '../suite.ts'
import type { AccuracyRow } from './data.ts'

/** A model, and the clips that are in a language it knows. */
export type PlannedModel = Pick<AccuracyRow, 'name' | 'model'> & {
  readonly engine: 'local' | 'openai'
  readonly clips: readonly BenchClip[]
}

const LOCAL_MODELS = ['tiny', 'base'] as const

/** Those that hear files; of versions of one model the newest alone. */
const allFileModels = (): string[] =>
  Object.entries(openaiModels)
    .filter(([name, { files }]) => files && !/-\d{4}-\d\d-\d\d$/.test(name))
    .map(([name]) => name)

/**
 * Which models hear which clips: those of the local engine the English ones,
 * those of OpenAI and a user's recogniser all.
 *
 * @param openai what OpenAI is called; undefined where it is not asked
 */
export const planAccuracy = (
  { full = false, engines, models = LOCAL_MODELS, recognizer }: BenchOptions,
  clips: readonly BenchClip[],
  openai: string | undefined,
): PlannedModel[] => {
  const english = clips.filter(({ language }) => isEnglish(language))
  const local = engines?.includes('local') ?? true
  const asked = full ? allFileModels() : openaiFileModels
  if (recognizer !== undefined) {
    const name = basename(recognizer)
    return [{ name, engine: 'local', model: name, clips }]
  }
  return [
    ...(local && english.length > 0 ? models : []).map(
      model =>
        ({ name: model, engine: 'local', model, clips: english }) as const,
    ),
    ...(openai === undefined ? [] : asked).map(
      model =>
        ({
          name: `${openai} ${model}`,
          engine: 'openai',
          model,
          clips,
        }) as const,
    ),
  ]
}
