import type { Socket } from 'node:net'
import { MAX_DELAY_MS } from '../server/timeouts.ts'
import type { FaultAction } from './faults.ts'
import type { ResolvedSpeechServerOptions } from './speech-server-options.ts'

type ServedSession = {
  perform(actions: readonly FaultAction[]): boolean
  resume(): void
}

/** Shared by all sessions and uploads of a {@link SpeechServer}. */
export class SpeechServerState {
  readonly options: ResolvedSpeechServerOptions
  /** Received and sent Realtime events, by type. */
  readonly received = new Map<string, number>()
  readonly sent = new Map<string, number>()
  readonly sessions = new Set<ServedSession>()
  /** TCP connections, with TLS or without. */
  readonly sockets = new Set<Socket>()
  connections = 0
  uploads = 0
  turns = 0

  constructor(options: ResolvedSpeechServerOptions) {
    this.options = options
  }

  /** The TCP connection below a socket, which may be a TLS one. */
  rawOf(socket: Socket): Socket {
    for (const raw of this.sockets)
      if (raw.remotePort === socket.remotePort) return raw
    return socket
  }
}

/** Timers that are cancelled together. */
export class Timers {
  readonly #running = new Set<NodeJS.Timeout>()
  #closed = false

  /** Calls `then` after some ms; immediately if 0. */
  after(ms: number, then: () => void): void {
    if (this.#closed) return
    if (ms <= 0) return then()
    const timer = setTimeout(
      () => {
        this.#running.delete(timer)
        then()
      },
      Math.min(ms, MAX_DELAY_MS),
    )
    this.#running.add(timer)
  }

  /** Calls `each` with every item, `ms` apart, and then `done`. */
  spaced<T>(
    items: readonly T[],
    ms: number,
    each: (item: T) => void,
    done: () => void,
  ): void {
    const from = (first: number): void => {
      for (let i = first; i < items.length; i++) {
        each(items[i]!)
        if (ms > 0) return this.after(ms, () => from(i + 1))
      }
      done()
    }
    from(0)
  }

  close(): void {
    this.#closed = true
    for (const timer of this.#running) clearTimeout(timer)
    this.#running.clear()
  }
}
