/** A client of the package `openai`, of any major version. */
export type RealtimeClient = {
  readonly baseURL: string
}

/** Methods that every client of openai 4 to 7 has, though not all declare. */
type RequestBuilder = RealtimeClient & {
  /** Only an AzureOpenAI client has it. */
  readonly apiVersion?: string
  readonly apiKey?: string | null
  prepareOptions?(options: object): Promise<void>
  buildRequest(
    options: object,
    more: object,
  ): Promise<{ req: { headers: object }; url: string }>
}

/** URL and headers of a WebSocket's request. */
export type RealtimeRequest = {
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
}

/** Headers of requests with a body, or of the SDK. */
const FOREIGN =
  /^(accept|connection|content-.*|host|idempotency-key|openai-beta|transfer-encoding|upgrade|x-stainless-.*)$/

/** Hosts of services that refuse a model in the URL of a transcription. */
const KNOWN_HOST = /(^|\.)(openai\.com|azure\.(com|us|cn))$/

/**
 * Returns the client that builds requests. An instrumented wrapper may not be
 * able to, but the client inside it is.
 */
const innerClientOf = (client: RealtimeClient): RequestBuilder => {
  const { audio } = client as { audio?: { _client?: RealtimeClient } }
  return (audio?._client ?? client) as RequestBuilder
}

/** Whether {@link RealtimeRequestBuilder} can work with a client. */
export const canOpenRealtime = (client: RealtimeClient): boolean =>
  typeof innerClientOf(client).buildRequest === 'function'

/**
 * The Realtime API behind a client of the package `openai`. It takes the key,
 * the base URL and the headers from the requests that the client builds, so a
 * client of another version or copy of the package works too.
 *
 * OpenAI and Azure refuse a model in the URL of a transcription session; some
 * gateways and servers refuse a URL without one. {@link addModel} is for the
 * latter; it lasts as long as the builder.
 */
export class RealtimeRequestBuilder {
  readonly #client: RealtimeClient
  readonly #model: string
  #hasModel = false
  /** Texts to hide in messages. */
  #secrets: readonly string[] = []

  constructor(client: RealtimeClient, model: string) {
    this.#client = client
    this.#model = model
  }

  /** Keys and tokens of the last request. */
  get secrets(): readonly string[] {
    const { apiKey } = innerClientOf(this.#client)
    return typeof apiKey === 'string' && apiKey !== ''
      ? [...this.#secrets, apiKey]
      : this.#secrets
  }

  get model(): string {
    return this.#model
  }

  /** Whether the model may be put into the URL, and is not there yet. */
  get canAddModel(): boolean {
    const { hostname, searchParams } = new URL(this.#client.baseURL)
    return (
      !this.#hasModel &&
      !searchParams.has('model') &&
      !this.#isAzure &&
      !KNOWN_HOST.test(hostname)
    )
  }

  /** Puts the model into the URL of the next requests. */
  addModel(): void {
    this.#hasModel = true
  }

  /** Removes it again. */
  removeModel(): void {
    this.#hasModel = false
  }

  /** Returns the next request; a key that is a function is asked for it. */
  async request(): Promise<RealtimeRequest> {
    const builder = innerClientOf(this.#client)
    const options = { method: 'get', path: '/realtime' }
    await builder.prepareOptions?.(options)
    const built = await builder.buildRequest(options, { retryCount: 0 })
    const headers = headersOf(built.req.headers)
    this.#secrets = ['authorization', 'api-key']
      .map(name => headers[name]?.replace(/^\w+ /, '') ?? '')
      .filter(secret => secret !== '')
    return { url: this.#urlOf(built.url), headers }
  }

  /** AzureOpenAI of another copy of the package is no instance of this one. */
  get #isAzure(): boolean {
    return typeof innerClientOf(this.#client).apiVersion === 'string'
  }

  #urlOf(built: string): URL {
    const url = new URL(this.#client.baseURL)
    url.protocol = /^(http|ws):$/.test(url.protocol) ? 'ws:' : 'wss:'
    url.hash = ''
    const path = url.pathname.replace(/\/+$/, '')
    if (this.#isAzure) {
      // Sessions are at the versioned path, whatever deployment files go to.
      const base = path.replace(/\/deployments(\/.*)?$/, '')
      url.pathname = `${base.replace(/\/v1$/, '')}/v1/realtime`
      url.search = ''
    } else {
      url.pathname = `${path}/realtime`
      for (const [name, value] of new URL(built).searchParams)
        if (!url.searchParams.has(name)) url.searchParams.set(name, value)
    }
    url.searchParams.set('intent', 'transcription')
    if (this.#hasModel) url.searchParams.set('model', this.#model)
    return url
  }
}

/** The headers of a built request that fit a WebSocket. */
const headersOf = (built: object): Record<string, string> => {
  // Version 4 has an object, all others a Headers.
  const entries = Object.entries(
    Symbol.iterator in built
      ? Object.fromEntries(built as Iterable<[string, string]>)
      : built,
  ) as [string, string | null | undefined][]
  const kept: Record<string, string> = {}
  for (const [name, value] of entries)
    if (value != null && !FOREIGN.test(name.toLowerCase()))
      kept[name.toLowerCase()] = value
  return kept
}
