/** The `error` of OpenAI's answers and events. */
export type ServiceErrorBody = {
  readonly type: string
  readonly code: string | null
  readonly message: string
  readonly param: string | null
}

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

/** Masks a key for an error message. */
const masked = (key: string): string =>
  key.length > 12 ? `${key.slice(0, 3)}${'*'.repeat(8)}${key.slice(-4)}` : '***'

export const badKey = (key: string): ServiceErrorBody =>
  invalidRequest(
    'invalid_api_key',
    `Incorrect API key provided: ${masked(key)}. You can find your API key at https://platform.openai.com/account/api-keys.`,
  )

export const noKey: ServiceErrorBody = invalidRequest(
  null,
  'Missing bearer or basic authentication in header',
)

export const rateLimited = (message: string): ServiceErrorBody => ({
  type: 'requests',
  code: 'rate_limit_exceeded',
  message,
  param: null,
})

/** A fault of the server, without details. */
export const serverError: ServiceErrorBody = {
  type: 'server_error',
  code: null,
  message: 'The server had an error while processing your request.',
  param: null,
}

export const shuttingDown: ServiceErrorBody = {
  ...serverError,
  message: 'The server is shutting down.',
}

export const sessionExpired: ServiceErrorBody = invalidRequest(
  'session_expired',
  'Your session hit the maximum duration of 60 minutes.',
)
