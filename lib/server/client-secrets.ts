import { z } from 'zod'
import { base62, newId, describeSession } from '../openai/wire/server-event.ts'
import {
  schemaError,
  type SessionConfig,
  defaultConfig,
} from '../openai/wire/session-config.ts'
import {
  type ServiceErrorBody,
  invalidRequest,
  rateLimited,
} from '../openai/wire/service-error.ts'
import type { Engines } from './engines.ts'
import { HttpError } from './http-messages.ts'
import { changeConfig } from './realtime/session-plan.ts'

const MAX_ALIVE = 10_000

const PREFIX = 'ek_'

/** Whether a key has the form of a client secret. */
export const isClientSecret = (key: string): boolean => key.startsWith(PREFIX)

export type ClientSecret = {
  readonly value: string
  /** Expiry, in seconds since 1970. */
  readonly expiresAt: number
}

type Entry = {
  readonly config: SessionConfig
  /** In ms since 1970. */
  readonly expires: number
  readonly timer: NodeJS.Timeout
}

/**
 * Short-lived keys for web pages, which must not know an API key. They open
 * Realtime sessions and nothing else.
 */
export class ClientSecrets {
  readonly #entries = new Map<string, Entry>()

  /**
   * Creates a secret; returns undefined while there are too many.
   * @param seconds until it expires
   * @param config settings of the sessions that it opens
   */
  create(seconds: number, config: SessionConfig): ClientSecret | undefined {
    if (this.#entries.size >= MAX_ALIVE) return undefined
    const value = PREFIX + base62(40)
    const expires = Date.now() + seconds * 1_000
    const timer = setTimeout(() => this.#entries.delete(value), seconds * 1_000)
    timer.unref()
    this.#entries.set(value, { config, expires, timer })
    return { value, expiresAt: Math.floor(expires / 1_000) }
  }

  /**
   * Returns the settings of a secret; undefined if it is unknown or expired.
   */
  find(value: string): { readonly config: SessionConfig } | undefined {
    const entry = this.#entries.get(value)
    return entry && entry.expires > Date.now() ? entry : undefined
  }

  clear(): void {
    for (const { timer } of this.#entries.values()) clearTimeout(timer)
    this.#entries.clear()
  }
}

const schema = z.strictObject({
  expires_after: z
    .strictObject({
      anchor: z.literal('created_at').optional(),
      seconds: z.int().min(10).max(7_200).optional(),
    })
    .optional(),
  session: z.unknown().optional(),
})

const refuse = (
  { message, type, param, code }: ServiceErrorBody,
  status = 400,
): never => {
  throw new HttpError(status, { message, type, param, code })
}

/**
 * Answers `POST /v1/realtime/client_secrets`.
 * @param body parsed body of the request
 * @throws HttpError
 */
export const createClientSecret = (
  {
    secrets,
    engines,
  }: { readonly secrets: ClientSecrets; readonly engines: Engines },
  body: unknown,
) => {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    return refuse(invalidRequest('invalid_json', 'Expected a JSON object.'))
  const parsed = schema.safeParse(body)
  if (!parsed.success) return refuse(schemaError(parsed.error, body, []))
  const { expires_after, session } = parsed.data
  const changed =
    session === undefined
      ? { config: defaultConfig }
      : changeConfig(defaultConfig, session, engines)
  if ('error' in changed) return refuse(changed.error)
  const { config } = changed
  const made = secrets.create(expires_after?.seconds ?? 600, config)
  if (!made)
    return refuse(
      rateLimited('Too many client secrets are alive. Wait until some expire.'),
      429,
    )
  const { value, expiresAt } = made
  return {
    value,
    expires_at: expiresAt,
    session: describeSession(newId('sess'), expiresAt, config),
  }
}
