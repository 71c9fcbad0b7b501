import { connect as connectPlain } from 'node:net'
import { checkServerIdentity, type PeerCertificate } from 'node:tls'
import { HttpsProxyAgent } from 'https-proxy-agent'
import { AzureOpenAI, type OpenAI } from 'openai'
import { OpenAIRealtimeWS } from 'openai/realtime/ws'
import { getProxyForUrl } from 'proxy-from-env'
import type { ClientOptions } from 'ws'
import { redact } from '../core/redact.ts'

/** How a connection ended, or why it could not begin. */
export type SocketEnd = {
  /** Code of the close frame; 1005 or 1006 where there was none. */
  readonly code: number
  readonly reason: string
  /** HTTP status, where the upgrade was refused. */
  readonly status?: number
}

/** Who listens to a {@link RealtimeSocket}. */
export type SocketListener = {
  /** An event of the server, a JSON object with a `type`, without keys. */
  onEvent(event: { readonly type: string }): void
  /** A message that is no such object. */
  onMalformed(): void
  /** Once, when nothing comes any more. */
  onEnd(end: SocketEnd): void
}

/** Times of a {@link RealtimeSocket}, in ms. */
export type SocketTiming = {
  /** From the start until the upgrade is answered. */
  readonly connectMs: number
  /** Between pings; a peer that is silent from one to the next is dead. */
  readonly pingMs: number
}

/** An append may have 15 MiB; nothing that a server sends is longer. */
const MAX_PAYLOAD = 16 * 2 ** 20
/** How long a peer may take to say goodbye. */
const LEAVE_MS = 1_000
/** Of the body with which an upgrade was refused, in characters. */
const MAX_REFUSAL = 2_000

/**
 * A connection to the Realtime API for transcription, opened by OpenAI's own
 * client. It knows when its peer is dead (pings), and how much is not sent.
 *
 * `http:` base URLs work too, for servers on this machine: the client insists
 * on `wss:`, so it is given a connection without TLS. `HTTPS_PROXY`
 * (`ALL_PROXY`, `HTTP_PROXY`) and `NO_PROXY` are honoured for `https:` ones.
 */
export class RealtimeSocket {
  readonly #socket: OpenAIRealtimeWS['socket']
  readonly #listener: SocketListener
  /** Takes keys out of a text of the server's. */
  readonly #hide: (text: string) => string
  /** The server's clock when it took the upgrade, in ms since 1970. */
  serverTime: number | undefined
  #problem: string | undefined
  #status: number | undefined
  #ended = false
  /** Whether something came since the last ping. */
  #heard = true
  #timer: NodeJS.Timeout | undefined

  /** Opens a connection; keys that are functions are asked first. */
  static async open(
    client: OpenAI,
    listener: SocketListener,
    timing: SocketTiming,
  ): Promise<RealtimeSocket> {
    const hide = (text: string): string => redact(text, client.apiKey ?? '')
    const realtime = await connect(client).catch((error: Error) => {
      // Not as its cause: that quotes a key which is no header.
      throw new Error(oneLine(hide(error.message)))
    })
    return new RealtimeSocket(realtime, listener, timing, hide)
  }

  private constructor(
    realtime: OpenAIRealtimeWS,
    listener: SocketListener,
    { connectMs, pingMs }: SocketTiming,
    hide: (text: string) => string,
  ) {
    this.#listener = listener
    this.#hide = hide
    const { socket } = realtime
    this.#socket = socket
    realtime.on('event', event => {
      if (!this.#ended) listener.onEvent(hideIn(event, hide))
    })
    realtime.on('error', ({ error, message }) => {
      if (error !== undefined) return // it was an event, see above
      if (socket.readyState === socket.OPEN && !this.#ended)
        listener.onMalformed()
      else this.#problem ??= message
    })
    // That of ws does not work with connections of one's own.
    this.#timer = setTimeout(() => {
      this.#problem ??= `no answer within ${connectMs} ms`
      this.#end(1006, '')
    }, connectMs)
    socket.on('upgrade', ({ headers }) => {
      const time = Date.parse(headers.date ?? '')
      if (!Number.isNaN(time)) this.serverTime = time
    })
    socket.on('open', () => {
      clearTimeout(this.#timer)
      // What has arrived is read first: this process may have been busy.
      const ping = (): unknown => setImmediate(() => this.#ping())
      this.#timer = setInterval(ping, pingMs)
    })
    const hear = (): void => void (this.#heard = true)
    for (const sign of ['message', 'ping', 'pong']) socket.on(sign, hear)
    socket.on('unexpected-response', (_, response) => {
      let body = ''
      this.#status = response.statusCode
      response.setEncoding('utf8')
      response.on('data', (text: string) => {
        body = (body + text).slice(0, MAX_REFUSAL)
      })
      response.on('close', () => {
        this.#problem = messageIn(body) ?? `HTTP status ${response.statusCode}`
        this.#end(1006, '')
      })
    })
    socket.on('close', (code, reason) => this.#end(code, reason.toString()))
  }

  /** Bytes that the machine has not taken yet. */
  get bufferedAmount(): number {
    return this.#socket.bufferedAmount
  }

  /**
   * Sends an event.
   *
   * @param json the event
   * @param onSent called when the machine has taken it, or never will
   */
  send(json: string, onSent?: () => void): void {
    if (this.#ended) onSent?.()
    else this.#socket.send(json, () => onSent?.())
  }

  /**
   * Takes leave; the listener hears nothing more. Resolves when the peer has
   * answered, or did not do so in time.
   */
  close(): Promise<void> {
    const socket = this.#socket
    if (this.#ended || socket.readyState !== socket.OPEN) {
      this.destroy()
      return Promise.resolve()
    }
    this.#ended = true
    clearInterval(this.#timer)
    return new Promise(resolve => {
      const timer = setTimeout(() => socket.terminate(), LEAVE_MS)
      socket.once('close', () => {
        clearTimeout(timer)
        resolve()
      })
      socket.close(1000)
    })
  }

  /** Ends it at once; the listener hears nothing more. */
  destroy(): void {
    this.#ended = true
    clearInterval(this.#timer)
    this.#socket.terminate()
  }

  #ping(): void {
    if (this.#ended) return
    if (this.#heard) {
      this.#heard = false
      this.#socket.ping()
      return
    }
    this.#problem = 'the connection is dead: nothing answers'
    this.#end(1006, '')
  }

  #end(code: number, reason: string): void {
    if (this.#ended) return
    this.destroy()
    this.#listener.onEnd({
      code,
      reason: oneLine(this.#hide(reason || (this.#problem ?? ''))),
      ...(this.#status !== undefined && { status: this.#status }),
    })
  }
}

const connect = async (client: OpenAI): Promise<OpenAIRealtimeWS> => {
  const options = connectionOptions(client.baseURL)
  const intent = 'transcription'
  return client instanceof AzureOpenAI
    ? OpenAIRealtimeWS.azure(client, { intent, options })
    : OpenAIRealtimeWS.create(client, { intent, options })
}

const oneLine = (text: string): string => text.replaceAll(/\s+/g, ' ').trim()

/** An error may quote what was sent, and a session have a key of its own. */
const hideIn = <Event extends { readonly type: string }>(
  event: Event,
  hide: (text: string) => string,
): Event => {
  const isError = event.type === 'error'
  if (!isError && !('error' in event) && !('session' in event)) return event
  const parts = Object.entries(event).map(([name, part]) =>
    isError || name === 'error' || name === 'session'
      ? [name, hidden(part, hide)]
      : [name, part],
  )
  return Object.fromEntries(parts) as Event
}

const hidden = (part: unknown, hide: (text: string) => string): unknown =>
  JSON.parse(JSON.stringify(part), (_, value: unknown) =>
    typeof value === 'string' ? hide(value) : value,
  )

const connectionOptions = (baseURL: string): ClientOptions => {
  const url = new URL(baseURL)
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1')
  const options = { maxPayload: MAX_PAYLOAD }
  if (url.protocol === 'http:') {
    const to = { host, port: Number(url.port || 80) }
    return { ...options, createConnection: () => connectPlain(to) }
  }
  const proxy = proxyOf(url)
  if (proxy === undefined) return options
  // The agent forgets a host that is an address.
  const check = (_: string, certificate: PeerCertificate): Error | undefined =>
    checkServerIdentity(host, certificate)
  return {
    ...options,
    agent: new HttpsProxyAgent(proxy),
    checkServerIdentity: check as never, // its type is not what Node calls
  }
}

/** The proxy on the way to a server, as requests have it. */
const proxyOf = ({ href, hostname, port }: URL): string | undefined => {
  const read = (name: string): string | undefined =>
    process.env[name] || process.env[name.toUpperCase()]
  const named = read('https_proxy') || read('all_proxy') || read('http_proxy')
  const plain = `http://${hostname}:${port || 443}`
  // It knows NO_PROXY, but looks at no HTTP_PROXY for a URL of https.
  if (!named || !(getProxyForUrl(href) || getProxyForUrl(plain)))
    return undefined
  return named.includes('://') ? named : `http://${named}`
}

/** What a refusal says, in OpenAI's form or in any other. */
const messageIn = (body: string): string | undefined => {
  try {
    const { error } = JSON.parse(body) as { error?: { message?: unknown } }
    if (typeof error?.message === 'string') return error.message
  } catch {
    // no JSON: shown as it is
  }
  return body.trim().slice(0, 200) || undefined
}
