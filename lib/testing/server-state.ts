import type { Socket } from 'node:net'
import type { RealtimeSession } from './realtime/session.ts'
import type { ResolvedServerOptions } from './server-options.ts'

/** Counts by name. */
export class Tally {
  readonly counts = new Map<string, number>()

  add(name: string): void {
    this.counts.set(name, (this.counts.get(name) ?? 0) + 1)
  }
}

/** What all sessions and uploads of a server share. */
export class ServerState {
  readonly options: ResolvedServerOptions
  readonly received: Tally = new Tally()
  readonly sent: Tally = new Tally()
  readonly sessions = new Set<RealtimeSession>()
  /** Connections of TCP, TLS or not. */
  readonly sockets = new Set<Socket>()
  connections = 0
  uploads = 0
  #turns = 0

  constructor(options: ResolvedServerOptions) {
    this.options = options
  }

  /** Turns committed so far. */
  get turns(): number {
    return this.#turns
  }

  /** Number of a turn that is being committed. */
  nextTurn(): number {
    return ++this.#turns
  }

  /** The TCP connection below a socket that may be one of TLS. */
  rawOf(socket: Socket): Socket {
    for (const raw of this.sockets)
      if (raw.remotePort === socket.remotePort) return raw
    return socket
  }

  /** A session is served no more, though its connection is there. */
  stalled(session: RealtimeSession): void {
    this.sessions.delete(session)
  }
}
