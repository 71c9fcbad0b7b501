import type { WebSocket } from 'ws'
import type { ResolvedServerOptions } from './server-options.ts'

/** Longest delay of Node's timers, in ms; longer ones fire immediately. */
export const MAX_DELAY_MS: number = 2 ** 31 - 1

/** Calls back when no data has arrived for too long. */
export class StallTimer {
  readonly #ms: number
  readonly #onStall: () => void
  #timer: NodeJS.Timeout | undefined

  constructor(ms: number, onStall: () => void) {
    this.#ms = Math.min(ms, MAX_DELAY_MS)
    this.#onStall = onStall
    this.touch()
  }

  touch(): void {
    if (this.#timer) this.#timer.refresh()
    else this.#timer = setTimeout(this.#onStall, this.#ms)
  }

  stop(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }
}

type TimeoutListener = {
  onExpired(): void
  /** The client sent nothing for too long. */
  onIdle(): void
  /** The client does not answer pings. */
  onDead(): void
  /** Whether the socket is paused, so that pongs cannot be read. */
  isBusy(): boolean
}

const after = (ms: number, then: () => void): NodeJS.Timeout =>
  setTimeout(then, Math.min(ms, MAX_DELAY_MS))

/** Ends a session that lasts too long or is idle, and pings its client. */
export class SessionTimeouts {
  readonly #expiry: NodeJS.Timeout
  readonly #idle: NodeJS.Timeout
  readonly #pings: NodeJS.Timeout | undefined
  #unanswered = 0

  constructor(
    socket: WebSocket,
    { maxSessionMs, maxIdleMs, pingMs }: ResolvedServerOptions,
    listener: TimeoutListener,
  ) {
    this.#expiry = after(maxSessionMs, () => listener.onExpired())
    this.#idle = after(maxIdleMs, () => listener.onIdle())
    const ping = (): void => {
      if (listener.isBusy()) this.#unanswered = 0
      if (this.#unanswered >= 2) listener.onDead()
      this.#unanswered++
      socket.ping(Buffer.alloc(4))
    }
    if (pingMs > 0)
      this.#pings = setInterval(ping, Math.min(pingMs, MAX_DELAY_MS))
    socket.on('pong', () => (this.#unanswered = 0))
  }

  touch(): void {
    this.#idle.refresh()
    this.#unanswered = 0
  }

  close(): void {
    clearTimeout(this.#expiry)
    clearTimeout(this.#idle)
    clearInterval(this.#pings)
  }
}
