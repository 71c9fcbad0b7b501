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

/** A Realtime session is over its time. */
export const sessionExpired: ServiceErrorBody = invalidRequest(
  'session_expired',
  'Your session hit the maximum duration of 60 minutes.',
)
