import { OptionError } from '../../core/errors.ts'
import { modelNamed } from '../model-catalog.ts'
import { resolveModel, type ResolveModelOptions } from '../model-store.ts'
import type { EngineModels } from '../engine/engine-messages.ts'

/**
 * The recogniser where none is named: `tiny` for files; `base` for live
 * speech, of which it needs fewer words to be sure.
 */
export const defaultModel = (live: boolean): string => (live ? 'base' : 'tiny')

/** Which recogniser to use, and where to look for it. */
export type EngineModelOptions = ResolveModelOptions & {
  /**
   * `tiny` (fast, 28 MB on disk) or `base` (makes fewer mistakes, 63 MB on
   * disk). Their full names `moonshine-tiny` and `moonshine-base` work too.
   * English only.
   * @default 'tiny'
   */
  readonly model?: string | undefined
}

/**
 * Finds a recogniser's files and those of the voice activity detector.
 *
 * @throws {UnknownModelError} for a name that is no model's
 * @throws {ModelMissingError} where they are nowhere and can't be fetched
 * @throws {ModelCorruptError} where a file is not the published one
 */
export const resolveEngine = async ({
  model = defaultModel(false),
  ...options
}: EngineModelOptions): Promise<EngineModels> => {
  const { name, shape } = modelNamed(model)
  if (!shape) throw new OptionError('model', `'${model}' is no recogniser`)
  const { encoder, decoder } = await resolveModel(name, options)
  const { vad } = await resolveModel('silero-vad', options)
  return { vad, recogniser: { encoder, decoder, ...shape } }
}
