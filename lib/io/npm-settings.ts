import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { loadPart } from '../core/load-part.ts'
import { given } from '../core/options.ts'

/**
 * A package cannot be fetched. The message is a clause without secrets, for
 * users.
 */
export class FetchFailure extends Error {
  /** Whether another attempt may succeed. */
  readonly retryable: boolean
  constructor(message: string, { retryable = false } = {}) {
    super(message)
    this.retryable = retryable
  }
}

/** What identifies the user to a registry. */
export type Credentials = {
  /** An HTTP header. */
  readonly authorization?: string
  /** Client certificate, in PEM. */
  readonly cert?: string
  readonly key?: string
}

/** How often and when a failed request is repeated; times in ms. */
export type RetryTimes = {
  readonly retries: number
  readonly factor: number
  readonly minTimeout: number
  readonly maxTimeout: number
}

type Settings = Readonly<Record<string, unknown>>

const DEFAULT_REGISTRY = 'https://registry.npmjs.org/'

/**
 * Replaces `${NAME}`, and `${NAME?}` by nothing if it is not set. A backslash
 * before it keeps it.
 */
const expand = (text: string, env: NodeJS.ProcessEnv): string =>
  text.replaceAll(
    /(?<!\\)(\\*)\$\{([^${}?]+)(\?)?\}/g,
    (whole, slashes: string, name: string, optional?: string) =>
      slashes.length % 2 === 1
        ? whole.slice((slashes.length + 1) / 2)
        : slashes.slice(slashes.length / 2) +
          (env[name] ?? (optional ? '' : `\${${name}}`)),
  )

const toBase64 = (text: string): string => Buffer.from(text).toString('base64')

const fromBase64 = (text: string): string =>
  Buffer.from(text, 'base64').toString()

const readOptional = (path: string): Promise<string | undefined> =>
  readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw new FetchFailure(
      `npm's settings name the file ${path}, which cannot be read: ${error.code}`,
    )
  })

/** Returns the settings in variables such as `npm_config_registry`. */
const variablesIn = (env: NodeJS.ProcessEnv): Settings => {
  const found: Record<string, unknown> = {}
  for (const [variable, value] of Object.entries(env)) {
    const name = /^npm_config_(.+)$/i.exec(variable)?.[1]
    if (name === undefined || !value) continue
    // Keys of credentials keep their case: //host/:_authToken.
    const key = name.startsWith('//')
      ? name
      : name.replaceAll(/(?!^)_/g, '-').toLowerCase()
    found[key] = value
  }
  return found
}

/** Returns the settings in a file; none if it cannot be read, as npm does. */
const settingsIn = async (path: string): Promise<Settings> => {
  const { default: ini } = await loadPart(
    "the reader of npm's settings",
    import('ini'),
  )
  const text = await readFile(path, 'utf8').catch(() => '')
  return ini.parse(text)
}

/** Returns npm's prefix, which has the npmrc of the machine in `etc`. */
const defaultPrefix = (env: NodeJS.ProcessEnv): string => {
  if (env['PREFIX']) return env['PREFIX']
  const folder = dirname(process.execPath)
  if (process.platform === 'win32') return folder
  return join(env['DESTDIR'] ?? '', dirname(folder))
}

/**
 * npm's settings for downloads: from the environment, the user's npmrc, and the
 * machine's, in this order. The npmrc of the current folder is not read, because
 * its author may be somebody else.
 */
export class NpmSettings {
  readonly #env: NodeJS.ProcessEnv
  readonly #values = new Map<string, unknown>()

  private constructor(env: NodeJS.ProcessEnv) {
    this.#env = env
  }

  static async load(
    env: NodeJS.ProcessEnv = process.env,
  ): Promise<NpmSettings> {
    const settings = new NpmSettings(env)
    const variables = variablesIn(env)
    settings.#add(variables)
    const home = env['HOME'] || homedir()
    const user = await settingsIn(
      settings.#path('userconfig') ?? join(home, '.npmrc'),
    )
    settings.#add(user)
    settings.#add(variables)
    const prefix = settings.#path('prefix') ?? defaultPrefix(env)
    const machine = await settingsIn(
      settings.#path('globalconfig') ?? resolve(prefix, 'etc/npmrc'),
    )
    settings.#values.clear()
    for (const source of [machine, user, variables]) settings.#add(source)
    return settings
  }

  /** Adds settings of a source; they win over those of earlier sources. */
  #add(source: Settings): void {
    for (const [name, value] of Object.entries(source)) {
      const key = expand(name, this.#env)
      this.#values.set(key, this.#expandAll(value))
      // Either names all authorities, so the later one counts.
      if (key === 'ca') this.#values.delete('cafile')
      if (key === 'cafile' && this.#text(key)) this.#values.delete('ca')
    }
  }

  #expandAll(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(item => this.#expandAll(item))
    return typeof value === 'string' ? expand(value.trim(), this.#env) : value
  }

  /** Undefined also for `null` and `false`, which ini or a variable may have. */
  #text(key: string): string | undefined {
    const value = this.#values.get(key)
    return typeof value !== 'string' ||
      ['', 'null', 'false', 'undefined'].includes(value)
      ? undefined
      : value
  }

  #number(key: string, fallback: number): number {
    const text = this.#text(key)
    return text === undefined || Number.isNaN(Number(text))
      ? fallback
      : Number(text)
  }

  #flag(key: string, fallback: boolean): boolean {
    const value = this.#values.get(key) ?? fallback
    return value !== false && value !== 'false'
  }

  #path(key: string): string | undefined {
    const text = this.#text(key)
    const home = this.#env['HOME'] || homedir()
    const isAtHome = process.platform === 'win32' ? /^~[/\\]/ : /^~\//
    return (
      text && (isAtHome.test(text) ? join(home, text.slice(2)) : resolve(text))
    )
  }

  #list(key: string): string[] {
    const value = this.#values.get(key)
    const items = Array.isArray(value) ? value : [this.#text(key)]
    return items.filter(item => typeof item === 'string' && item !== '')
  }

  #url(key: string, fallback?: string): URL | undefined {
    const text = this.#text(key) ?? fallback
    if (text === undefined) return undefined
    // The value may contain a password, so it is not shown.
    if (!URL.canParse(text))
      throw new FetchFailure(`npm's setting ${key} is not a URL`)
    return new URL(text)
  }

  /**
   * Returns the registry of a package, with a slash at its end: that of its
   * scope, or of npm's setting `scope`, or the default one.
   *
   * @throws {FetchFailure} if the setting is not a URL
   */
  registryOf(name: string): URL {
    const own = /^(@[^/]+)\//.exec(name)?.[1]
    const chosen = this.#text('scope')?.replace(/^@?/, '@')
    const registry =
      this.#url(`${own}:registry`) ??
      this.#url(`${chosen}:registry`) ??
      this.#defaultRegistry
    registry.pathname = registry.pathname.replace(/\/?$/, '/')
    return registry
  }

  get #defaultRegistry(): URL {
    return this.#url('registry', DEFAULT_REGISTRY)!
  }

  /**
   * Returns where to fetch a tarball. Like npm, it replaces the host of npm's
   * registry with that of the user's; `replace-registry-host` may name another
   * host, or be `always` or `never`.
   */
  tarballUrl(tarball: URL): URL {
    const setting = this.#text('replace-registry-host') ?? 'npmjs'
    const host = setting === 'npmjs' ? new URL(DEFAULT_REGISTRY).host : setting
    if (host !== 'always' && host !== tarball.host) return tarball
    const registry = this.#defaultRegistry
    const folder = registry.pathname.replace(/\/$/, '')
    const path = tarball.pathname.startsWith(`${folder}/`)
      ? tarball.pathname
      : folder + tarball.pathname
    return new URL(path, registry)
  }

  /**
   * Returns the credentials for a URL: those of the longest path of its host
   * that has some, else those of the registry if it is on the same host. There
   * are none for `http:` if the registry has `https:`.
   */
  async credentialsFor(url: URL, registry: URL): Promise<Credentials> {
    if (registry.protocol === 'https:' && url.protocol === 'http:') return {}
    const isSameHost = url.host === registry.host
    const place =
      this.#placeOfCredentials(url) ??
      (isSameHost ? this.#placeOfCredentials(registry) : undefined)
    const read = (name: string): string | undefined =>
      place && this.#text(`${place}:${name}`)
    const token = read('_authToken')
    const [user, password] = [read('username'), read('_password')]
    const basic =
      read('_auth') ??
      (user && password && toBase64(`${user}:${fromBase64(password)}`))
    const [certFile, keyFile] = [read('certfile'), read('keyfile')]
    const cert = certFile && (await readOptional(certFile))
    const key = keyFile && (await readOptional(keyFile))
    return given({
      authorization: token
        ? `Bearer ${token}`
        : basic
          ? `Basic ${basic}`
          : undefined,
      cert: cert || (isSameHost ? this.#text('cert') : undefined),
      key: key || (isSameHost ? this.#text('key') : undefined),
    })
  }

  /** Returns the longest `//host/path` of a URL that has credentials. */
  #placeOfCredentials({ host, pathname }: URL): string | undefined {
    for (
      let place = `//${host}${pathname}`;
      place.length > 2;
      // Paths may be written with and without a slash at their end.
      place = place.replace(/([^/]+|\/)$/, '')
    ) {
      const has = (...names: string[]): boolean =>
        names.every(name => this.#text(`${place}:${name}`))
      if (
        has('_authToken') ||
        has('_auth') ||
        has('username', '_password') ||
        has('certfile', 'keyfile')
      )
        return place
    }
    return undefined
  }

  /**
   * Returns the proxy for a URL. `https-proxy` and `proxy` are for all URLs, as
   * is the variable `HTTPS_PROXY`; `HTTP_PROXY` is for `http:` alone.
   *
   * @throws {FetchFailure} if the value is not a URL
   */
  proxyFor({ protocol, hostname }: URL): URL | undefined {
    const variable = (name: string): string | undefined =>
      this.#env[name] || this.#env[name.toUpperCase()] || undefined
    const proxy =
      this.#text('https-proxy') ??
      this.#text('proxy') ??
      variable('https_proxy') ??
      (protocol === 'http:'
        ? (variable('http_proxy') ?? variable('proxy'))
        : undefined)
    const direct = this.#list('noproxy').join() || (variable('no_proxy') ?? '')
    const isDirect = direct
      .split(',')
      .map(name => name.trim().replace(/^\.+/, ''))
      .some(name => name && `.${hostname}`.endsWith(`.${name}`))
    if (proxy === undefined || isDirect) return undefined
    const text = proxy.includes('://') ? proxy : `http://${proxy}`
    if (!URL.canParse(text))
      throw new FetchFailure('the proxy for npm is not a URL')
    return new URL(text)
  }

  /** Returns how certificates of registries and proxies are checked. */
  async tls(): Promise<{ ca?: string[]; rejectUnauthorized: boolean }> {
    const file = this.#path('cafile')
    const inFile = file && (await readOptional(file))
    const ca = inFile ? [inFile] : this.#list('ca')
    return {
      rejectUnauthorized: this.#flag('strict-ssl', true),
      ...(ca.length > 0 && { ca }),
    }
  }

  get retryTimes(): RetryTimes {
    // A user waits for this; npm would pause 10 s and longer between attempts.
    const isSet = this.#values.has('fetch-retry-mintimeout')
    return {
      retries: this.#number('fetch-retries', 2),
      factor: this.#number('fetch-retry-factor', 10),
      minTimeout: this.#number('fetch-retry-mintimeout', 500),
      maxTimeout: isSet
        ? this.#number('fetch-retry-maxtimeout', 60_000)
        : 2_000,
    }
  }

  /** Maximum silence of the registry, in ms. */
  get timeoutMs(): number {
    return this.#number('fetch-timeout', 300_000) || 30_000
  }

  /** Whether npm may only use its cache. */
  get isOffline(): boolean {
    return this.#flag('offline', false)
  }
}
