import { existsSync } from 'node:fs'
import Module from 'node:module' // webpack would try to bundle `createRequire`
import { pathToFileURL } from 'node:url'
import { BundledError } from '../../core/errors.ts'

/** A CommonJS bundle's own path; a module has none. */
declare const __filename: string | undefined

/** Absent in a CommonJS bundle, whatever its type says. */
const self = import.meta.url as string | undefined

/** The file beside this one; beside a bundle, it would be the application's. */
const neighbour = (): URL | undefined => {
  if (self === undefined || !/\/engine\/engine-entry\.[jt]s$/.test(self)) return
  // Both names in full: tools that trace files find them by this form.
  return new URL(
    self.endsWith('.ts') ? './engine-main.ts' : './engine-main.js',
    self,
  )
}

/** The file in the installed package, as a module at a place would find it. */
const installed = (from: string | undefined): URL | undefined => {
  if (from === undefined) return
  try {
    const found = Module.createRequire(from).resolve('voxpipe/package.json')
    return new URL(
      './dist/recognizers/engine/engine-main.js',
      pathToFileURL(found),
    )
  } catch {
    return // not installed there
  }
}

/**
 * Returns the file that the engine's process runs. Bundlers leave it out of a
 * bundle; a bundled voxpipe runs the one of the installed package.
 *
 * @throws {BundledError} if there is none
 */
export const engineEntry = (): URL => {
  const bundle = typeof __filename === 'string' ? __filename : undefined
  for (const entry of [neighbour(), installed(self), installed(bundle)])
    if (entry && existsSync(entry)) return entry
  throw new BundledError('the speech engine', 'its program is missing')
}
