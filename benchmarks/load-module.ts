import { existsSync } from 'node:fs'
import { basename, extname } from 'node:path'
import { pathToFileURL } from 'node:url'
import { InputError } from 'voxpipe'

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
