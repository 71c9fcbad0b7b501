import { once } from 'node:events'
import {
  type Socket,
  type AddressInfo,
  type Server,
  connect,
  createServer,
} from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { OptionError } from '../core/errors.ts'
import { reset } from './faults.ts'
import {
  type Effect,
  type Line,
  type Parcel,
  effectOf,
  type Toxic,
  checkToxic,
  type Direction,
} from './toxic.ts'

/** An active toxic; `gone` aborts when it is removed. */
type ActiveToxic = { readonly toxic: Toxic; readonly gone: AbortSignal }

/** Bytes that may wait before the source is paused. */
const MOST_WAITING = 65_536

type LinkParts = {
  readonly from: Socket
  readonly to: Socket
  readonly random: () => number
  /** Closes or resets both sides of the connection. */
  readonly end: (how: 'close' | 'reset') => void
}

/** One direction of a connection: reads, applies toxics, and writes. */
class Link {
  readonly #parts: LinkParts
  readonly #closed = new AbortController()
  readonly #waiting: Parcel[] = []
  #waitingBytes = 0
  #ended = false
  #pumping = false
  #effects: { readonly toxic: Toxic; readonly effect: Effect }[] = []

  constructor(parts: LinkParts) {
    this.#parts = parts
    const { from } = parts
    from.on('data', (bytes: Buffer) => {
      this.#waiting.push({ bytes, at: performance.now() })
      this.#waitingBytes += bytes.length
      if (this.#waitingBytes > MOST_WAITING) from.pause()
      void this.#pump()
    })
    from.on('end', () => {
      this.#ended = true
      void this.#pump()
    })
  }

  add({ toxic, gone }: ActiveToxic): void {
    const line = this.#lineOf(gone)
    const effect = effectOf(toxic, line)
    this.#effects.push({ toxic, effect })
    effect.start?.().catch(() => {}) // closed, or removed, before it was due
  }

  remove(toxic: Toxic): void {
    this.#effects = this.#effects.filter(active => active.toxic !== toxic)
  }

  close(): void {
    this.#closed.abort()
  }

  #lineOf(gone: AbortSignal): Line {
    const closed = this.#closed.signal
    return {
      random: this.#parts.random,
      close: () => {
        if (!gone.aborted) this.#parts.end('close')
      },
      reset: () => {
        if (!gone.aborted) this.#parts.end('reset')
      },
      wait: async ms => {
        closed.throwIfAborted()
        if (ms <= 0 || gone.aborted) return
        const signal = AbortSignal.any([closed, gone])
        await sleep(ms, undefined, { signal }).catch(() => {})
        closed.throwIfAborted()
      },
    }
  }

  async #pump(): Promise<void> {
    if (this.#pumping) return
    this.#pumping = true
    try {
      for (let parcel; (parcel = this.#waiting.shift());) {
        this.#waitingBytes -= parcel.bytes.length
        await this.#deliver(parcel, 0)
        this.#parts.from.resume()
      }
      const blocked = this.#effects.some(({ effect }) => effect.blocks)
      if (this.#ended && !blocked) this.#parts.to.end()
    } catch {
      // closed while data was in transit
    }
    this.#pumping = false
  }

  async #deliver(parcel: Parcel, from: number): Promise<void> {
    const effects = this.#effects
    for (let i = from; i < effects.length; i++) {
      const { pass } = effects[i]!.effect
      if (!pass) continue
      for await (const piece of pass(parcel)) await this.#deliver(piece, i + 1)
      return
    }
    this.#closed.signal.throwIfAborted()
    const { to } = this.#parts
    if (!to.writable || to.write(parcel.bytes)) return
    await once(to, 'drain', { signal: this.#closed.signal })
  }
}

/** Options of {@link FaultProxy.listen}. */
export type FaultProxyOptions = {
  /** URL of the server, for example `SpeechServer.baseURL`. */
  readonly target: string
  /** Toxics that are active from the start. */
  readonly toxics?: readonly Toxic[]
  /**
   * Returns random numbers from 0 to below 1, for jitter and sizes.
   * @default Math.random
   */
  readonly random?: () => number
}

const resolve = ({
  target,
  toxics = [],
  random = Math.random,
}: FaultProxyOptions) => {
  if (!URL.canParse(target))
    throw new OptionError('target', 'must be the URL of a server')
  for (const toxic of toxics) checkToxic(toxic)
  return { target: new URL(target), toxics, random }
}

const directionOf = ({ stream = 'downstream' }: Toxic): Direction => stream
const nameOf = (toxic: Toxic): string =>
  toxic.name ?? `${toxic.type}_${directionOf(toxic)}`

type Connection = Record<Direction, Link> & { readonly sockets: Socket[] }

/**
 * A TCP proxy on this machine that simulates a bad network, with six of the
 * toxics of Shopify's toxiproxy. Adding and removing toxics affects open
 * connections too.
 */
export class FaultProxy {
  readonly #server: Server
  readonly #target: URL
  readonly #random: () => number
  readonly #toxics = new Map<string, ActiveToxic & { remove: () => void }>()
  readonly #connections = new Set<Connection>()
  readonly #sockets = new Set<Socket>()

  private constructor(options: FaultProxyOptions) {
    const { target, toxics, random } = resolve(options)
    this.#target = target
    this.#random = random
    this.#server = createServer({ allowHalfOpen: true }, socket =>
      this.#accept(socket),
    )
    for (const toxic of toxics) this.add(toxic)
  }

  /**
   * Opens a proxy on a free port of 127.0.0.1.
   * @throws OptionError
   */
  static async listen(options: FaultProxyOptions): Promise<FaultProxy> {
    const proxy = new FaultProxy(options)
    proxy.#server.listen(0, '127.0.0.1')
    await once(proxy.#server, 'listening')
    return proxy
  }

  /** Port that it listens on. */
  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  /** The target's URL through this proxy. */
  get baseURL(): string {
    const url = new URL(this.#target)
    url.hostname = '127.0.0.1'
    url.port = String(this.port)
    return url.href.replace(/\/$/, '')
  }

  /** Number of open connections. */
  get connections(): number {
    return this.#connections.size
  }

  /**
   * Adds a toxic, which replaces one of the same name.
   * @throws OptionError
   */
  add(toxic: Toxic): void {
    checkToxic(toxic)
    const name = nameOf(toxic)
    this.remove(name)
    const controller = new AbortController()
    const active = { toxic, gone: controller.signal }
    this.#toxics.set(name, { ...active, remove: () => controller.abort() })
    for (const connection of this.#connections)
      connection[directionOf(toxic)].add(active)
  }

  /** Removes a toxic; returns false if there is none of that name. */
  remove(name: string): boolean {
    const active = this.#toxics.get(name)
    if (!active) return false
    this.#toxics.delete(name)
    active.remove()
    for (const connection of this.#connections)
      connection[directionOf(active.toxic)].remove(active.toxic)
    return true
  }

  /** Drops every connection; resolves when all are closed. */
  async close(): Promise<void> {
    if (!this.#server.listening) return
    const closed = once(this.#server, 'close')
    this.#server.close()
    const gone = [...this.#sockets].map(async socket => {
      if (!socket.closed) await once(socket, 'close')
    })
    for (const connection of this.#connections) this.#end(connection, 'destroy')
    await Promise.all([closed, ...gone])
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  #accept(client: Socket): void {
    const { hostname, port, protocol } = this.#target
    const server = connect({
      host: hostname.replace(/^\[|\]$/g, ''),
      port: Number(port) || (/^(https|wss):$/.test(protocol) ? 443 : 80),
      allowHalfOpen: true,
    })
    const random = this.#random
    const end = (how: 'close' | 'reset') => this.#end(connection, how)
    const connection: Connection = {
      sockets: [client, server],
      downstream: new Link({ from: server, to: client, random, end }),
      upstream: new Link({ from: client, to: server, random, end }),
    }
    this.#connections.add(connection)
    for (const socket of connection.sockets) {
      socket.setNoDelay(true)
      this.#sockets.add(socket)
      // Both sides end in the same way.
      socket.on('error', () => end('reset'))
      socket.on('close', () => {
        this.#sockets.delete(socket)
        if (connection.sockets.every(({ closed }) => closed))
          this.#end(connection, 'destroy')
      })
    }
    for (const active of this.#toxics.values())
      connection[directionOf(active.toxic)].add(active)
  }

  #end(connection: Connection, how: 'close' | 'reset' | 'destroy'): void {
    if (!this.#connections.delete(connection)) return
    connection.downstream.close()
    connection.upstream.close()
    for (const socket of connection.sockets)
      if (how === 'reset') reset(socket)
      else if (how === 'close') socket.destroySoon()
      else socket.destroy()
  }
}
