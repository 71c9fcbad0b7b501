import type { Socket } from 'node:net'
import { MAX_DELAY_MS } from '../server/timeouts.ts'
import type { FaultAction } from './faults.ts'
import type { ResolvedSpeechServerOptions } from './speech-server-options.ts'

/** Counts one more of a name. */
export const countUp = (counts: Map<string, number>, name: string): void => {
  counts.set(name, (counts.get(name) ?? 0) + 1)
}

/** A Realtime session that is served. */
type ServedSession = {
  perform(actions: readonly FaultAction[]): boolean
  resume(): void
}

/** What all sessions and uploads of a {@link SpeechServer} share. */
export class SpeechServerState {
  readonly options: ResolvedSpeechServerOptions
  /** Events that came, and that went out, by type. */
  readonly received = new Map<string, number>()
  readonly sent = new Map<string, number>()
  readonly sessions = new Set<ServedSession>()
  /** Connections of TCP, TLS or not. */
  readonly sockets = new Set<Socket>()
  connections = 0
  uploads = 0
  /** Turns committed so far. */
  turns = 0

  constructor(options: ResolvedSpeechServerOptions) {
    this.options = options
  }

  /** The TCP connection below a socket that may be one of TLS. */
  rawOf(socket: Socket): Socket {
    for (const raw of this.sockets)
      if (raw.remotePort === socket.remotePort) return raw
    return socket
  }
}

/** Timers that can all be cancelled together; one of 0 ms fires immediately. */
export class Timers {
  readonly #running = new Set<NodeJS.Timeout>()
  #closed = false

  /** Calls `then` so many ms from now, unless it is closed by then. */
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

  /** Calls `each` with every item, `ms` apart, and `done` after the last. */
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

  /** Cancels all timers. */
  close(): void {
    this.#closed = true
    for (const timer of this.#running) clearTimeout(timer)
    this.#running.clear()
  }
}
