import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { ModelMissingError } from '../core/errors.ts'
import type { ModelEntry, ModelFile } from './model-catalog.ts'

/** `corrupt`: there, but not as published. */
export type ModelState = 'ready' | 'missing' | 'corrupt'

/** What a folder has of a model; `file` is the first that is not right. */
export type ModelCheck = {
  readonly state: ModelState
  readonly file?: string
}

/** Error code of a system call, or the message where there is none. */
export const codeOf = (error: unknown): string => {
  const { code, message } = error as NodeJS.ErrnoException
  return code ?? message
}

/**
 * Compares one file with what was published, by size and hash. Reading and
 * hashing is the whole price, tens of milliseconds for a model, so there is
 * no remembering of earlier checks to be fooled by.
 *
 * @throws ModelMissingError when the file is there but cannot be read
 */
export const checkModelFile = async (
  path: string,
  { bytes, sha256 }: ModelFile,
): Promise<ModelState> => {
  try {
    const stats = await stat(path)
    if (!stats.isFile() || stats.size !== bytes) return 'corrupt'
    const hash = createHash('sha256')
    const pieces = createReadStream(path, { highWaterMark: 1 << 20 })
    for await (const piece of pieces as AsyncIterable<Buffer>)
      hash.update(piece)
    return hash.digest('hex') === sha256 ? 'ready' : 'corrupt'
  } catch (error) {
    const code = codeOf(error)
    if (code === 'ENOENT' || code === 'ENOTDIR') return 'missing'
    throw new ModelMissingError(
      `cannot read the model file ${path}: ${code}; make it readable, or set XDG_CACHE_HOME or --model-dir to a folder that is`,
      { cause: error },
    )
  }
}

/** Checks every file of a model under a folder of models. */
export const checkModel = async (
  entry: ModelEntry,
  dir: string,
): Promise<ModelCheck> => {
  for (const model of entry.files) {
    const file = join(dir, entry.folder, model.name)
    const state = await checkModelFile(file, model)
    if (state !== 'ready') return { state, file }
  }
  return { state: 'ready' }
}
