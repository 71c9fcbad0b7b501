import {
  validateHeaderValue,
  type ClientRequest,
  type IncomingMessage,
} from 'node:http'
import { WebSocket } from 'ws'
import { redact } from '../core/redact.ts'
import { connectProblemOf, type ConnectProblem } from './connect-problem.ts'
import { Heartbeat } from './heartbeat.ts'
import { proxyFor, type Proxy } from './proxy.ts'
import { proxyOptions } from './proxy-options.ts'
import type { RealtimeEndpoint } from './realtime-endpoint.ts'
import { hidden, hideIn, readEvent } from './realtime-event.ts'
import { readUpgradeAnswer, type SaidError } from './upgrade-answer.ts'

/** How a connection ended, or why it could not begin. */
export type SocketEnd = {
  /** Code of the close frame; 1005 or 1006 where there was none. */
  readonly code: number
  readonly reason: string
  /** HTTP status, where the upgrade was refused. */
  readonly status?: number
  /** What the server said in the body of a refused upgrade. */
  readonly error?: SaidError
  /** How long the server asks to wait before the next attempt, in ms. */
  readonly afterMs?: number
  /**
   * Set if the service was not reached, and would not be by another attempt:
   * a certificate, a proxy, an address of something else.
   */
  readonly final?: boolean
  /** Set if the network ended it, so that nothing that was sent is the cause. */
  readonly byNetwork?: boolean
  /** What the user can do about it. */
  readonly cure?: string
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

/** Statuses with which servers refuse a URL that has no model. */
const NO_MODEL = new Set([400, 403, 404, 422])

/** An end without its code. */
type Problem = Omit<SocketEnd, 'code'>

/** How a request gets to the server. */
type Route = {
  readonly url: URL
  readonly proxy: Proxy | undefined
  /** Whether the proxy itself answers, with a refusal. */
  byProxy: boolean
}

/**
 * A connection to the Realtime API for transcription. It knows when its peer
 * is dead (pings), and how much is not sent yet.
 *
 * It goes through the proxy of `HTTPS_PROXY` (`ALL_PROXY`, `HTTP_PROXY`), of
 * HTTP or SOCKS5, unless `NO_PROXY` has the host. Where a server refuses the
 * URL because it lacks the model, the model is added.
 */
export class RealtimeSocket {
  readonly #endpoint: RealtimeEndpoint
  readonly #listener: SocketListener
  readonly #timing: SocketTiming
  #socket: WebSocket | undefined
  /** The server's clock when it took the upgrade, in ms since 1970. */
  serverTime: number | undefined
  /** The refusal that is being read. */
  #partial: Problem | undefined
  /** Why the URL without the model was refused, while it is tried with it. */
  #refused: SocketEnd | undefined
  /** What is waited for until the connection is open. */
  #waitingFor: string | undefined = 'the client gave no key'
  #ended = false
  /** Whether the server has sent an event. */
  #hasEvents = false
  /** Bytes of all events that were sent. */
  #sent = 0
  #heartbeat: Heartbeat | undefined
  #timer: NodeJS.Timeout

  /** Opens a connection; keys that are functions are asked first. */
  static async open(
    endpoint: RealtimeEndpoint,
    listener: SocketListener,
    timing: SocketTiming,
  ): Promise<RealtimeSocket> {
    const socket = new RealtimeSocket(endpoint, listener, timing)
    await socket.#connect()
    return socket
  }

  private constructor(
    endpoint: RealtimeEndpoint,
    listener: SocketListener,
    timing: SocketTiming,
  ) {
    this.#endpoint = endpoint
    this.#listener = listener
    this.#timing = timing
    this.#timer = this.#startTimer()
  }

  /** What has not happened yet, while the connection is not open. */
  get waitingFor(): string | undefined {
    return this.#waitingFor
  }

  /** Bytes that the machine has not taken yet. */
  get bufferedAmount(): number {
    return this.#socket?.bufferedAmount ?? 0
  }

  /**
   * Sends an event.
   *
   * @param json the event
   * @param onSent called when the machine has taken it, or never will
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
   * Takes leave; the listener hears nothing more. Resolves when the peer has
   * answered, or did not do so in time.
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
      const timer = setTimeout(() => socket.terminate(), LEAVE_MS)
      socket.once('close', () => {
        clearTimeout(timer)
        resolve()
      })
      socket.close(1000)
    })
  }

  /** Ends it immediately; the listener hears nothing more. */
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
      const { url, headers } = await this.#endpoint.request()
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
          // As an option, NODE_DEBUG=net would print the key.
          for (const [name, value] of fields) request.setHeader(name, value)
          this.#follow(request, route)
          request.end()
        },
      })
      this.#attach(this.#socket, route)
    } catch (error) {
      const { message, code } = error as NodeJS.ErrnoException
      // A key that is no header, or a proxy that is no URL, stays so.
      const final =
        error instanceof TypeError ||
        error instanceof SyntaxError ||
        code === 'VOX_OPTION'
      this.#end(1006, { reason: message, ...(final && { final }) })
    }
  }

  /** Keeps track of how far a request has come, and who answers it. */
  #follow(request: ClientRequest, route: Route): void {
    const { host } = route.url
    const proxy = route.proxy?.url.host
    this.#waitingFor = proxy
      ? `the proxy ${proxy} made no connection to ${host}`
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
    /** One that was replaced, or has ended, means nothing any more. */
    const isOver = (): boolean => this.#ended || socket !== this.#socket
    let problem: Problem | undefined
    socket.on('error', error => {
      problem ??= this.#isOpen ? breakOf(error) : problemWith(error, route)
    })
    socket.on('upgrade', ({ headers }) => {
      const time = Date.parse(headers.date ?? '')
      if (!isOver() && !Number.isNaN(time)) this.serverTime = time
    })
    socket.on('open', () => {
      if (!isOver()) this.#onOpen(socket)
    })
    const hear = (): void => this.#heartbeat?.heard()
    for (const sign of ['message', 'ping', 'pong']) socket.on(sign, hear)
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
      sent: () => this.#sent - socket.bufferedAmount,
      onDead: () => {
        const reason = 'the connection is dead: nothing answers'
        this.#end(1006, { reason, byNetwork: true })
      },
    })
  }

  #onMessage(text: string): void {
    const event = readEvent(text)
    if (!event) return this.#listener.onMalformed()
    if (!this.#hasEvents && event.type === 'error') {
      const { error } = event as { error?: SaidError }
      if (/model/i.test(`${error?.code} ${error?.message}`)) {
        const reason = error?.message ?? error?.code ?? ''
        const problem = { reason, ...(error && { error }) }
        if (this.#tryModel({ code: 1006, ...problem })) return
        if (this.#refused) return this.#end(1006, problem)
      }
    }
    this.#hasEvents = true
    this.#listener.onEvent(hideIn(event, this.#hide))
  }

  #readRefusal(response: IncomingMessage, route: Route): void {
    let body = ''
    response.setEncoding('utf8')
    response.on('data', (text: string) => {
      body = (body + text).slice(0, MAX_REFUSAL)
    })
    this.#partial = { reason: '', status: response.statusCode! }
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
    if (this.#refused || !this.#endpoint.canAddModel) return false
    this.#refused = refused
    this.#endpoint.addModel()
    this.#stopTimers()
    this.#timer = this.#startTimer()
    const old = this.#socket
    this.#socket = undefined
    this.#partial = undefined
    old?.terminate()
    void this.#connect()
    return true
  }

  /** Whether the model in the URL was of no use: then it is taken out again. */
  #modelWasInVain(problem: Problem): boolean {
    if (!this.#refused || this.#hasEvents) return false
    if (problem.status === undefined && !problem.error) return false
    this.#endpoint.removeModel()
    // Words about the model itself say more than the first refusal did.
    return !problem.reason.includes(this.#endpoint.model)
  }

  #startTimer(): NodeJS.Timeout {
    const { connectMs } = this.#timing
    const giveUp = (): void => {
      if (this.#isOpen) return
      const reason = `${this.#waitingFor} within ${connectMs} ms`
      this.#end(1006, { ...this.#partial, reason })
    }
    // What has arrived is read first: this process may have been busy.
    return setTimeout(() => setImmediate(giveUp), connectMs)
  }

  #end(code: number, problem: Problem): void {
    if (this.#ended) return
    const end = this.#modelWasInVain(problem)
      ? this.#refused!
      : { code, ...problem }
    this.destroy()
    const { reason, error } = end
    this.#listener.onEnd({
      ...end,
      reason: oneLine(this.#hide(reason)),
      ...(error && { error: hidden(error, this.#hide) as SaidError }),
    })
  }

  /** Takes keys out of a text. */
  readonly #hide = (text: string): string =>
    this.#endpoint.secrets.reduce((shown, key) => redact(shown, key), text)
}

const oneLine = (text: string): string => text.replaceAll(/\s+/g, ' ').trim()

/** Errors of a connection that come from the way to the server. */
const NETWORK = new Set([
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENETDOWN',
  'ENETRESET',
])

/** Why a connection broke that was open. */
const breakOf = ({ message, code }: NodeJS.ErrnoException): Problem => ({
  reason: message,
  ...(NETWORK.has(code ?? '') && { byNetwork: true }),
})

const problemWith = (error: Error, { url, proxy }: Route): ConnectProblem => {
  const problem = connectProblemOf(error, url.host)
  return proxy && !problem.final
    ? {
        ...problem,
        reason: `${problem.reason}, by way of the proxy ${proxy.url.host}`,
      }
    : problem
}
