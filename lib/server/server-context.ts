import type { Socket } from 'node:net'
import type { WebSocket } from 'ws'
import { ClientSecrets } from './client-secrets.ts'
import { Engines } from './engines.ts'
import { Metrics } from './metrics.ts'
import type { SessionHooks } from './realtime/session-hooks.ts'
import type { ResolvedServerOptions } from './server-options.ts'

/** Shared by all parts of a server. */
export type ServerContext = {
  readonly options: ResolvedServerOptions
  readonly engines: Engines
  readonly metrics: Metrics
  readonly secrets: ClientSecrets
  /** Whether a key is accepted, where keys are needed. */
  readonly isKey: (key: string) => boolean
  /** Creates the hooks of a Realtime session, for test doubles. */
  readonly hooks?: (webSocket: WebSocket, socket: Socket) => SessionHooks
}

export const createContext = (
  options: ResolvedServerOptions,
  isKey: ServerContext['isKey'],
): ServerContext => ({
  options,
  engines: new Engines(options),
  metrics: new Metrics(),
  secrets: new ClientSecrets(),
  isKey,
})
