import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, isAbsolute, join } from 'node:path'

/** Whether a path is that of a file that may be run. */
export const isProgram = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}

const SUFFIX = process.platform === 'win32' ? '.exe' : ''

/**
 * Absolute path of the first program of a name on `PATH`, undefined where
 * there is none. Folders of `PATH` that are not absolute, and the current
 * folder, are never looked into.
 */
export const findProgram = (
  name: string,
  env: NodeJS.ProcessEnv = process.env,
): string | undefined =>
  (env['PATH'] ?? '')
    .split(delimiter)
    .filter(folder => isAbsolute(folder))
    .map(folder => join(folder, name + SUFFIX))
    .find(isProgram)
