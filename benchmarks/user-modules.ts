import { existsSync } from 'node:fs'
import { basename, extname } from 'node:path'
import { pathToFileURL } from 'node:url'
import { InputError } from 'voxpipe'
import { MoonshineRecognizer, type Recognizer } from 'voxpipe/recognizers'

/**
 * The default export of a module that a user wrote.
 *
 * @param path absolute
 * @throws InputError if it is not there or cannot be loaded
 */
export const loadModule = async (path: string): Promise<unknown> => {
  const name = basename(path)
  if (!existsSync(path))
    throw new InputError(`there is no file '${path}'; check the name`)
  try {
    const module = (await import(pathToFileURL(path).href)) as {
      readonly default?: unknown
    }
    return module.default
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'ERR_UNKNOWN_FILE_EXTENSION' && extname(name) !== '.js')
      throw new InputError(
        `Node ${process.version} does not run '${name}': TypeScript needs Node 22.18 or newer; give JavaScript (.js, .mjs)`,
        { cause: error },
      )
    throw new InputError(`'${name}' cannot be loaded: ${message}`, {
      cause: error,
    })
  }
}

/** Which recogniser is measured. */
type RecognizerChoice = {
  /** Absolute path of a module with one as its default export. */
  readonly recognizer?: string
  /** Of the embedded engine. */
  readonly model?: string
  readonly modelDir?: string
}

const isRecognizer = (value: unknown): value is Recognizer => {
  if (typeof value !== 'object' || value === null) return false
  const { model, recognize } = value as Partial<Recognizer>
  return typeof model === 'string' && typeof recognize === 'function'
}

/**
 * Starts what is measured, and loads its models.
 *
 * @throws InputError if a user's module has no recogniser
 */
export const startRecognizer = async ({
  recognizer: path,
  ...options
}: RecognizerChoice): Promise<Recognizer> => {
  const recognizer =
    path === undefined
      ? new MoonshineRecognizer(options)
      : await loadRecognizer(path)
  await recognizer.ready?.()
  await recognizer.warmUp?.()
  return recognizer
}

const loadRecognizer = async (path: string): Promise<Recognizer> => {
  const exported = await loadModule(path)
  const made: unknown =
    typeof exported === 'function'
      ? await (exported as () => unknown)()
      : exported
  if (isRecognizer(made)) return made
  throw new InputError(
    `'${basename(path)}' has no recogniser as its default export; it needs model and recognize(), or a function that returns such an object`,
  )
}
