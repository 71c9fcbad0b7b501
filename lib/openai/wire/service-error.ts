/** The `error` of an answer of OpenAI, whatever it travels in. */
export type ServiceErrorBody = {
  readonly type: string
  readonly code: string | null
  readonly message: string
  readonly param: string | null
}

/** What is refused, and would be again. */
export const invalidRequest = (
  code: string | null,
  message: string,
  param: string | null = null,
): ServiceErrorBody => ({
  type: 'invalid_request_error',
  code,
  message,
  param,
})

/** A key as error messages show it: its end alone. */
const masked = (key: string): string =>
  key.length > 12 ? `${key.slice(0, 3)}${'*'.repeat(8)}${key.slice(-4)}` : '***'

/** A key that is not accepted. */
export const badKey = (key: string): ServiceErrorBody =>
  invalidRequest(
    'invalid_api_key',
    `Incorrect API key provided: ${masked(key)}. You can find your API key at https://platform.openai.com/account/api-keys.`,
  )

/** No key at all. */
export const noKey: ServiceErrorBody = invalidRequest(
  null,
  'Missing bearer or basic authentication in header',
)

/** Too much at once: the same may go later. */
export const rateLimited = (message: string): ServiceErrorBody => ({
  type: 'requests',
  code: 'rate_limit_exceeded',
  message,
  param: null,
})

/** The service failed; what exactly is nobody's business but its own. */
export const serverError: ServiceErrorBody = {
  type: 'server_error',
  code: null,
  message: 'The server had an error while processing your request.',
  param: null,
}

/** The service lets nothing new in. */
export const shuttingDown: ServiceErrorBody = {
  ...serverError,
  message: 'The server is shutting down.',
}

/** A Realtime session is over its time. */
export const sessionExpired: ServiceErrorBody = invalidRequest(
  'session_expired',
  'Your session hit the maximum duration of 60 minutes.',
)
