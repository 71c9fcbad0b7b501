import { mkdir, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { outputError } from './output-error.ts'

const statOf = (path: string) => stat(path).catch(() => undefined)

/**
 * Makes a folder, and those above it that are not there.
 *
 * Node's own recursive `mkdir` tries for ever where a folder that is there
 * answers ENOENT to a new one in it, as those of `/proc` do.
 *
 * @throws CliError where it cannot be made
 */
export const makeFolder = async (folder: string): Promise<void> => {
  const steps = [folder]
  for (
    let above = dirname(folder);
    above !== dirname(above) && !(await statOf(above));
    above = dirname(above)
  )
    steps.unshift(above)
  for (const step of steps)
    try {
      await mkdir(step)
    } catch (error) {
      if (!(await statOf(step))?.isDirectory()) throw outputError(folder, error)
    }
}
