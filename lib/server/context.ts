import type { ClientSecrets } from './client-secrets.ts'
import type { Engines } from './engines.ts'
import type { Metrics } from './metrics.ts'
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
}
