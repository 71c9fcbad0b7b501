import { invalidRequest } from '../protocol/service-error.ts'
import { Refused } from './refused.ts'
import { localModels } from './served-models.ts'

/** A model as `GET /v1/models` shows it. */
const shown = (id: string) => ({
  id,
  object: 'model',
  created: 0,
  owned_by: 'voxpipe',
})

/** All models. */
export const listedModels = () => ({
  object: 'list',
  data: Object.keys(localModels).map(shown),
})

/** @throws Refused where there is none of that name */
export const shownModel = (id: string) => {
  if (Object.hasOwn(localModels, id)) return shown(id)
  throw new Refused(
    404,
    invalidRequest(
      'model_not_found',
      'There is no such model: GET /v1/models lists those that there are.',
      'model',
    ),
  )
}
