import { fileURLToPath } from 'node:url'

/**
 * Folder of the package, which has its assets. Sources and compiled files lie
 * at different depths below it.
 */
export const packageRoot = fileURLToPath(
  new URL('.', import.meta.resolve('voxpipe/package.json')),
)
