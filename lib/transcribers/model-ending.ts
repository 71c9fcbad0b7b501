import type { StageWarning } from '../core/stage.ts'
import { openaiModels } from './openai-models.ts'

const WARN_DAYS = 180
const DAY_MS = 86_400_000

/**
 * Warns of a model of OpenAI that ends within 180 days, or has ended.
 *
 * @param model its name; there is no warning for one that is not known
 * @param today now, as a rule
 * @returns a `VOX_MODEL_ENDING` warning, which names the successor if any
 */
export const modelEndWarning = (
  model: string,
  today: Date,
): StageWarning | undefined => {
  const { shutdown, successor } = openaiModels[model] ?? {}
  if (shutdown === undefined) return undefined
  const days = Math.ceil((Date.parse(shutdown) - today.getTime()) / DAY_MS)
  if (days > WARN_DAYS) return undefined
  const when =
    days > 0
      ? `is served until ${shutdown}, ${days} more ${days === 1 ? 'day' : 'days'}`
      : `is no longer served since ${shutdown}`
  const next =
    successor === undefined
      ? 'no other model is named for what it does'
      : `use ${successor}`
  return { code: 'VOX_MODEL_ENDING', message: `${model} ${when}; ${next}` }
}
