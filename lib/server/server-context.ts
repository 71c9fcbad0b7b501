import type { Socket } from 'node:net'
import type { WebSocket } from 'ws'
import { ClientSecrets } from './client-secrets.ts'
import { Engines } from './engines.ts'
import { Metrics } from './metrics.ts'
import type { SessionHooks } from './realtime/session-hooks.ts'
import type { ResolvedServerOptions } from './server-options.ts'

/** What all parts of a server share. */
export type ServerContext = {
  readonly options: ResolvedServerOptions
  readonly engines: Engines
  readonly metrics: Metrics
  /** Keys for a short time, for browsers. */
  readonly secrets: ClientSecrets
  /** Whether a key is one of those that were given. */
  readonly isKey: (key: string) => boolean
  /** Creates the hooks of each Realtime session, in test doubles. */
  readonly hooks?: (webSocket: WebSocket, socket: Socket) => SessionHooks
}

/** @param isKey whether a key is accepted, where keys are needed */
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
