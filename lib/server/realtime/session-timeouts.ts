import type { WebSocket } from 'ws'

/** How long what may take, in ms. */
export type SessionLimits = {
  readonly maxSessionMs: number
  readonly maxIdleMs: number
  readonly pingMs: number
}

/** What a {@link SessionTimeouts} tells of. */
export type TimeoutListener = {
  /** The session's time is over. */
  onExpired(): void
  /** Nothing was said for too long. */
  onIdle(): void
  /** Nobody is there any more. */
  onDead(): void
  /** Whether the client could not be heard, whatever it says. */
  isBusy(): boolean
}

/** Longest time of Node's timers. */
const MAX_MS = 2 ** 31 - 1

const after = (ms: number, then: () => void): NodeJS.Timeout =>
  setTimeout(then, Math.min(ms, MAX_MS))

/** Watches over the time of a session, and whether its client is there. */
export class SessionTimeouts {
  readonly #expiry: NodeJS.Timeout
  readonly #idle: NodeJS.Timeout
  readonly #pings: NodeJS.Timeout | undefined
  /** Pings without an answer. */
  #unanswered = 0

  constructor(
    socket: WebSocket,
    { maxSessionMs, maxIdleMs, pingMs }: SessionLimits,
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
    if (pingMs > 0) this.#pings = setInterval(ping, Math.min(pingMs, MAX_MS))
    socket.on('pong', () => (this.#unanswered = 0))
  }

  /** The client has said something. */
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
