import type { Socket } from 'node:net'
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
