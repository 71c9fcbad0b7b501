import { basename } from 'node:path'
import { InputError, MoonshineRecognizer, type Recognizer } from 'voxpipe'
import { loadModule } from './load-module.ts'

/** Which recogniser is measured. */
export type RecognizerChoice = {
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
