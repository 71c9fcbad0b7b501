import { invalidRequest } from '../openai/wire/service-error.ts'
import { Refused } from './refused.ts'
import type { LocalModels } from './served-models.ts'

/** A model as `GET /v1/models` shows it. */
const shown = (id: string) => ({
  id,
  object: 'model',
  created: 0,
  owned_by: 'voxpipe',
})

/** All models. */
export const listedModels = (models: LocalModels) => ({
  object: 'list',
  data: Object.keys(models).map(shown),
})

const decoded = (id: string): string => {
  try {
    return decodeURIComponent(id)
  } catch {
    return id
  }
}

/**
 * The model of a name, which may be percent-encoded: some have a slash.
 *
 * @throws Refused where there is none of that name
 */
export const shownModel = (name: string, models: LocalModels) => {
  const id = decoded(name)
  if (Object.hasOwn(models, id)) return shown(id)
  throw new Refused(
    404,
    invalidRequest(
      'model_not_found',
      'There is no such model: GET /v1/models lists those that there are.',
      'model',
    ),
  )
}
