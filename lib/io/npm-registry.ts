import { mkdir, rename } from 'node:fs/promises'
import { join } from 'node:path'
import type { Options as ConfigOptions } from '@npmcli/config'
import type { Options as PacoteOptions } from 'pacote'
import { loadPart } from '../core/load-part.ts'

export type PackageFile = {
  /** Path inside the package. */
  readonly path: string
  /** Its size; a file of another size is ignored. */
  readonly bytes: number
  /** Absolute target path, on the same disk as `scratch`. */
  readonly to: string
}

export type FetchPackageOptions = {
  /** Exact package, as `name@version`. */
  readonly spec: string
  /** Required hash of the tarball, as `sha512-…`. */
  readonly integrity: string
  /** Size of the tarball. The download stops if it is longer. */
  readonly bytes: number
  readonly files: readonly PackageFile[]
  /** An existing folder for temporary files; the caller removes it. */
  readonly scratch: string
  readonly signal?: AbortSignal | undefined
  /** Called with the number of bytes received so far. */
  readonly onProgress?: ((received: number) => void) | undefined
}

/**
 * Loads npm's packages. webpack fails on files in them, so it ignores these
 * imports.
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
 * Reads npm's settings (registry, proxy, certificates, credentials) from the
 * environment and from the user's and the system's npmrc. `--global` excludes
 * the npmrc of the current folder, whose author may be somebody else.
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
    // Excludes another npmrc: there can be none below a file.
    npmPath: join(process.execPath, 'npm'),
    argv: ['', '', '--global'],
    env: { ...process.env }, // a copy: loading writes to it
  })
  await config.load()
  const { retry, ...settings } = config.flat
  // A user waits for this; npm would pause 10 s and longer between attempts.
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
 * Downloads a package from the user's npm registry and writes a few of its
 * files; none of its code runs. Rejects with npm's error; see {@link
 * whyFetchFailed}.
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
      // npm-registry-fetch supports it; pacote's types do not declare it.
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
 * Explains in a few words why {@link fetchPackageFiles} failed. npm's own
 * message may contain the registry's URL with secrets.
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
