/** A client of any major version of the package `openai`. */
export type RealtimeClient = {
  readonly baseURL: string
}

/** Methods that clients of openai 4 to 7 have; not all are declared. */
type RequestBuilder = RealtimeClient & {
  /** Only of AzureOpenAI. */
  readonly apiVersion?: string
  readonly apiKey?: string | null
  prepareOptions?(options: object): Promise<void>
  buildRequest(
    options: object,
    more: object,
  ): Promise<{ req: { headers: object }; url: string }>
}

export type RealtimeRequest = {
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
}

/** Headers of requests with a body, or of the SDK. */
const FOREIGN =
  /^(accept|connection|content-.*|host|idempotency-key|openai-beta|transfer-encoding|upgrade|x-stainless-.*)$/

/** Hosts that refuse a model in the URL of a transcription session. */
const KNOWN_HOST = /(^|\.)(openai\.com|azure\.(com|us|cn))$/

/**
 * Returns the client that builds requests. An instrumented wrapper may lack
 * `buildRequest`, but the client inside it has it.
 */
const innerClientOf = (client: RealtimeClient): RequestBuilder => {
  const { audio } = client as { audio?: { _client?: RealtimeClient } }
  return (audio?._client ?? client) as RequestBuilder
}

/** Whether {@link RealtimeRequestBuilder} supports a client. */
export const canOpenRealtime = (client: RealtimeClient): boolean =>
  typeof innerClientOf(client).buildRequest === 'function'

/**
 * Builds requests for the Realtime API. It takes the key, the base URL and the
 * headers from requests that the client builds, so it supports clients of any
 * version or copy of the package `openai`.
 *
 * OpenAI and Azure refuse a model in the URL of a transcription session. Some
 * gateways and servers require one; see {@link addModel}.
 */
export class RealtimeRequestBuilder {
  readonly #client: RealtimeClient
  readonly model: string
  #hasModel = false
  /** Texts to hide in messages. */
  #secrets: readonly string[] = []

  constructor(client: RealtimeClient, model: string) {
    this.#client = client
    this.model = model
  }

  /** Keys and tokens of the last request. */
  get secrets(): readonly string[] {
    const { apiKey } = innerClientOf(this.#client)
    return typeof apiKey === 'string' && apiKey !== ''
      ? [...this.#secrets, apiKey]
      : this.#secrets
  }

  /** Whether the model may be added to the URL and is not in it yet. */
  get canAddModel(): boolean {
    const { hostname, searchParams } = new URL(this.#client.baseURL)
    return (
      !this.#hasModel &&
      !searchParams.has('model') &&
      !this.#isAzure &&
      !KNOWN_HOST.test(hostname)
    )
  }

  /** Adds the model to the URL of the next requests. */
  addModel(): void {
    this.#hasModel = true
  }

  removeModel(): void {
    this.#hasModel = false
  }

  /**
   * Returns the next request. If the key is a function, the client calls it.
   */
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

  /** `instanceof` fails for another copy of the package. */
  get #isAzure(): boolean {
    return typeof innerClientOf(this.#client).apiVersion === 'string'
  }

  #urlOf(built: string): URL {
    const url = new URL(this.#client.baseURL)
    url.protocol = /^(http|ws):$/.test(url.protocol) ? 'ws:' : 'wss:'
    url.hash = ''
    const path = url.pathname.replace(/\/+$/, '')
    if (this.#isAzure) {
      // Sessions use the versioned path, whatever deployment files are sent to.
      const base = path.replace(/\/deployments(\/.*)?$/, '')
      url.pathname = `${base.replace(/\/v1$/, '')}/v1/realtime`
      url.search = ''
    } else {
      url.pathname = `${path}/realtime`
      for (const [name, value] of new URL(built).searchParams)
        if (!url.searchParams.has(name)) url.searchParams.set(name, value)
    }
    url.searchParams.set('intent', 'transcription')
    if (this.#hasModel) url.searchParams.set('model', this.model)
    return url
  }
}

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
