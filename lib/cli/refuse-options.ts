import type { Recognizer } from '../index.ts'
import { usageError } from './exit-code.ts'

/**
 * Refuses options that a command has no use for: they belong to all commands
 * alike, and what is not heeded would be missed.
 *
 * @param command as it is called: `serve`
 * @throws CliError naming the first
 */
export const refuseOptions = (
  command: string,
  options: object,
  known: ReadonlySet<string>,
): void => {
  for (const name of Object.keys(options)) {
    if (known.has(name)) continue
    const flag = name.replaceAll(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)
    throw usageError(`--${flag} is not for 'voxpipe ${command}'; leave it away`)
  }
}

/**
 * Refuses options that choose a model of the embedded engine if another
 * recogniser transcribes; that recogniser's own name is no other model.
 *
 * @throws CliError
 */
export const refuseModel = (
  options: { readonly model?: string; readonly modelDir?: string },
  recognizer: Recognizer | undefined,
): void => {
  if (!recognizer) return
  const { model = recognizer.model, modelDir } = options
  if (model === recognizer.model && modelDir === undefined) return
  const name = modelDir === undefined ? '--model' : '--model-dir'
  throw usageError(
    `${name} is for the embedded engine, and this command transcribes with '${recognizer.model}'; omit it`,
  )
}
