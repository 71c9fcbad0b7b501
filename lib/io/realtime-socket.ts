import {
  validateHeaderValue,
  type ClientRequest,
  type IncomingMessage,
} from 'node:http'
import { checkServerIdentity, type PeerCertificate } from 'node:tls'
import { HttpsProxyAgent } from 'https-proxy-agent'
import { SocksProxyAgent } from 'socks-proxy-agent'
import { WebSocket, type ClientOptions } from 'ws'
import { redact, redactAll, redactEvent } from '../core/redact.ts'
import { Heartbeat } from './heartbeat.ts'
import {
  connectProblemOf,
  disconnectProblemOf,
  readUpgradeAnswer,
  type ConnectionProblem,
  type ErrorBody,
} from './http-problems.ts'
import { proxyFor, type Proxy } from './proxy.ts'
import type { RealtimeRequestBuilder } from './realtime-request.ts'

/** Why a connection ended or could not be opened. */
export type SocketEnd = ConnectionProblem & {
  /** Code of the close frame; 1005 or 1006 if there was none. */
  readonly code: number
}

type SocketListener = {
  /** Receives an event of the server; keys are redacted. */
  onEvent(event: { readonly type: string }): void
  /** Called for any other message. */
  onMalformed(): void
  /** Called once. */
  onEnd(end: SocketEnd): void
}

/** Timeouts of a {@link RealtimeSocket}, in ms. */
export type SocketTiming = {
  /** From the start until the upgrade is answered. */
  readonly connectMs: number
  /** Between pings. A peer that is silent from one to the next is dead. */
  readonly pingMs: number
}

/** An append may have 15 MiB; servers send nothing longer. */
const MAX_PAYLOAD = 16 * 2 ** 20
const CLOSE_MS = 1_000
/** Maximum length of a refused upgrade's body, in characters. */
const MAX_REFUSAL = 2_000

/** Statuses with which servers refuse a URL that has no model. */
const NO_MODEL = new Set([400, 403, 404, 422])

type Route = {
  readonly url: URL
  readonly proxy: Proxy | undefined
  /** Whether the proxy answers with a refusal. */
  byProxy: boolean
}

/**
 * A connection to the Realtime API for transcription. Pings detect a dead peer.
 * It uses the proxy of `HTTPS_PROXY` (`ALL_PROXY`, `HTTP_PROXY`), HTTP or
 * SOCKS5, unless `NO_PROXY` lists the host. If a server refuses the URL because
 * it lacks the model, the socket adds the model.
 */
export class RealtimeSocket {
  readonly #requests: RealtimeRequestBuilder
  readonly #listener: SocketListener
  readonly #timing: SocketTiming
  #socket: WebSocket | undefined
  /** The server's clock at the upgrade, in ms since 1970. */
  serverTime: number | undefined
  /** The refusal whose body is being read. */
  #refusal: ConnectionProblem | undefined
  /** The refusal of the URL without the model, while one with it is tried. */
  #refusedWithoutModel: SocketEnd | undefined
  #waitingFor: string | undefined = 'the client gave no key'
  #ended = false
  #hasEvents = false
  /** Bytes of all events sent. */
  #sent = 0
  #heartbeat: Heartbeat | undefined
  #timer: NodeJS.Timeout

  /**
   * Opens a connection. If the key is a function, the client calls it first.
   */
  static async open(
    requests: RealtimeRequestBuilder,
    listener: SocketListener,
    timing: SocketTiming,
  ): Promise<RealtimeSocket> {
    const socket = new RealtimeSocket(requests, listener, timing)
    await socket.#connect()
    return socket
  }

  private constructor(
    requests: RealtimeRequestBuilder,
    listener: SocketListener,
    timing: SocketTiming,
  ) {
    this.#requests = requests
    this.#listener = listener
    this.#timing = timing
    this.#timer = this.#startTimer()
  }

  /** The missing step until the connection is open. */
  get waitingFor(): string | undefined {
    return this.#waitingFor
  }

  /** Bytes that are not sent yet. */
  get bufferedAmount(): number {
    return this.#socket?.bufferedAmount ?? 0
  }

  /**
   * @param onSent called when the operating system has accepted the event, or
   *   it cannot be sent
   */
  send(json: string, onSent?: () => void): void {
    const socket = this.#socket
    if (this.#ended || socket?.readyState !== WebSocket.OPEN) onSent?.()
    else {
      this.#sent += Buffer.byteLength(json)
      socket.send(json, () => onSent?.())
    }
  }

  /**
   * Closes the connection; the listener is not called again. Resolves when the
   * peer has answered, or after a timeout.
   */
  close(): Promise<void> {
    const socket = this.#socket
    if (this.#ended || socket?.readyState !== WebSocket.OPEN) {
      this.destroy()
      return Promise.resolve()
    }
    this.#ended = true
    this.#stopTimers()
    return new Promise(resolve => {
      const timer = setTimeout(() => socket.terminate(), CLOSE_MS)
      socket.once('close', () => {
        clearTimeout(timer)
        resolve()
      })
      socket.close(1000)
    })
  }

  /** Ends it immediately; the listener is not called again. */
  destroy(): void {
    this.#ended = true
    this.#stopTimers()
    this.#socket?.terminate()
  }

  #stopTimers(): void {
    clearTimeout(this.#timer)
    this.#heartbeat?.stop()
  }

  async #connect(): Promise<void> {
    try {
      const { url, headers } = await this.#requests.request()
      if (this.#ended) return
      const fields = Object.entries(headers)
      for (const [name, value] of fields) validateHeaderValue(name, value)
      const proxy = proxyFor(url)
      const route: Route = { url, proxy, byProxy: false }
      this.#socket = new WebSocket(url, {
        ...(proxy && proxyOptions(url, proxy)),
        maxPayload: MAX_PAYLOAD,
        perMessageDeflate: false,
        finishRequest: request => {
          // If they were an option, NODE_DEBUG=net would print the key.
          for (const [name, value] of fields) request.setHeader(name, value)
          this.#follow(request, route)
          request.end()
        },
      })
      this.#attach(this.#socket, route)
    } catch (error) {
      const { message, code } = error as NodeJS.ErrnoException
      // The key is no valid header, or the proxy no URL.
      const final =
        error instanceof TypeError ||
        error instanceof SyntaxError ||
        code === 'VOX_OPTION'
      this.#end(1006, { reason: message, ...(final && { final }) })
    }
  }

  /** Tracks a request's progress, and whether the proxy answers it. */
  #follow(request: ClientRequest, route: Route): void {
    const { host } = route.url
    const proxy = route.proxy?.url.host
    this.#waitingFor = proxy
      ? `the proxy ${proxy} did not connect to ${host}`
      : `${host} accepted no connection`
    request.once('proxyConnect', ({ statusCode }: { statusCode: number }) => {
      route.byProxy = statusCode !== 200
    })
    request.once('socket', socket => {
      const connected = (): void => {
        this.#waitingFor = `${host} accepted the connection but sent no answer`
      }
      if (socket.connecting) socket.once('connect', connected)
      else connected()
    })
  }

  #attach(socket: WebSocket, route: Route): void {
    const isOver = (): boolean => this.#ended || socket !== this.#socket
    let problem: ConnectionProblem | undefined
    socket.on('error', error => {
      problem ??= this.#isOpen
        ? disconnectProblemOf(error)
        : connectProblemOf(error, route.url.host, route.proxy)
    })
    socket.on('upgrade', ({ headers }) => {
      const time = Date.parse(headers.date ?? '')
      if (!isOver() && !Number.isNaN(time)) this.serverTime = time
    })
    socket.on('open', () => {
      if (!isOver()) this.#onOpen(socket)
    })
    const onSign = (): void => this.#heartbeat?.received()
    for (const sign of ['message', 'ping', 'pong']) socket.on(sign, onSign)
    socket.on('message', data => {
      if (!isOver()) this.#onMessage((data as Buffer).toString())
    })
    socket.on('unexpected-response', (_, response) => {
      if (!isOver()) this.#readRefusal(response, route)
    })
    socket.on('close', (code, bytes) => {
      if (isOver()) return
      const reason = bytes.toString()
      const silent = this.#isOpen && !this.#hasEvents
      if (silent && /model/i.test(reason) && this.#tryModel({ code, reason }))
        return
      this.#end(code, reason === '' && problem ? problem : { reason })
    })
  }

  get #isOpen(): boolean {
    return this.#waitingFor === undefined
  }

  #onOpen(socket: WebSocket): void {
    this.#waitingFor = undefined
    clearTimeout(this.#timer)
    this.#heartbeat = new Heartbeat(this.#timing.pingMs, {
      ping: onSent => socket.ping(undefined, undefined, onSent),
      bytesSent: () => this.#sent - socket.bufferedAmount,
      onDead: () => {
        const reason =
          'the connection is dead: the server does not answer pings'
        this.#end(1006, { reason, byNetwork: true })
      },
    })
  }

  #onMessage(text: string): void {
    const event = readEvent(text)
    if (!event) return this.#listener.onMalformed()
    if (!this.#hasEvents && event.type === 'error') {
      const { error } = event as { error?: ErrorBody }
      if (/model/i.test(`${error?.code} ${error?.message}`)) {
        const reason = error?.message ?? error?.code ?? ''
        const problem = { reason, ...(error && { error }) }
        if (this.#tryModel({ code: 1006, ...problem })) return
        if (this.#refusedWithoutModel) return this.#end(1006, problem)
      }
    }
    this.#hasEvents = true
    this.#listener.onEvent(redactEvent(event, this.#hide))
  }

  #readRefusal(response: IncomingMessage, route: Route): void {
    let body = ''
    response.setEncoding('utf8')
    response.on('data', (text: string) => {
      body = (body + text).slice(0, MAX_REFUSAL)
    })
    this.#refusal = { reason: '', status: response.statusCode! }
    response.on('close', () => {
      if (this.#ended) return
      const { url, proxy, byProxy } = route
      const asked = { url, ...(byProxy && proxy && { proxy }) }
      const { isPage, ...answer } = readUpgradeAnswer(response, body, asked)
      const wantsModel = NO_MODEL.has(answer.status) && !answer.final && !isPage
      if (!wantsModel || !this.#tryModel({ code: 1006, ...answer }))
        this.#end(1006, answer)
    })
  }

  /** Connects again, with the model in the URL, if that may help. */
  #tryModel(refused: SocketEnd): boolean {
    if (this.#refusedWithoutModel || !this.#requests.canAddModel) return false
    this.#refusedWithoutModel = refused
    this.#requests.addModel()
    this.#stopTimers()
    this.#timer = this.#startTimer()
    const old = this.#socket
    this.#socket = undefined
    this.#refusal = undefined
    old?.terminate()
    void this.#connect()
    return true
  }

  /** Returns whether the model in the URL did not help; removes it then. */
  #modelDidNotHelp(problem: ConnectionProblem): boolean {
    if (!this.#refusedWithoutModel || this.#hasEvents) return false
    if (problem.status === undefined && !problem.error) return false
    this.#requests.removeModel()
    // An error about the model says more than the first refusal.
    return !problem.reason.includes(this.#requests.model)
  }

  #startTimer(): NodeJS.Timeout {
    const { connectMs } = this.#timing
    const giveUp = (): void => {
      if (this.#isOpen) return
      const reason = `${this.#waitingFor} within ${connectMs} ms`
      this.#end(1006, { ...this.#refusal, reason })
    }
    // This process may have been busy: read what has arrived first.
    return setTimeout(() => setImmediate(giveUp), connectMs)
  }

  #end(code: number, problem: ConnectionProblem): void {
    if (this.#ended) return
    const end = this.#modelDidNotHelp(problem)
      ? this.#refusedWithoutModel!
      : { code, ...problem }
    this.destroy()
    const { reason, error } = end
    this.#listener.onEnd({
      ...end,
      reason: oneLine(this.#hide(reason)),
      ...(error && { error: redactAll(error, this.#hide) as ErrorBody }),
    })
  }

  readonly #hide = (text: string): string =>
    this.#requests.secrets.reduce((shown, key) => redact(shown, key), text)
}

const oneLine = (text: string): string => text.replaceAll(/\s+/g, ' ').trim()

const readEvent = (text: string): { readonly type: string } | undefined => {
  try {
    const event = JSON.parse(text) as { readonly type?: unknown } | null
    if (
      typeof event === 'object' &&
      typeof event?.type === 'string' &&
      !Array.isArray(event)
    )
      return event as { readonly type: string }
  } catch {
    // not JSON
  }
  return undefined
}

const proxyOptions = (url: URL, proxy: Proxy): ClientOptions => {
  // The agents lose a host that is an IP address.
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1')
  const check = (_: string, certificate: PeerCertificate): Error | undefined =>
    checkServerIdentity(host, certificate)
  return {
    agent: agentOf(proxy),
    checkServerIdentity: check as never, // its type is not what Node calls
  }
}

const agentOf = ({ url: { href } }: Proxy): ClientOptions['agent'] =>
  // The proxy resolves host names, as it does for files.
  href.startsWith('socks')
    ? new SocksProxyAgent(href.replace(/^socks5:/, 'socks5h:'))
    : new HttpsProxyAgent(href)
