import { inspect } from 'node:util'
import t from 'tap'
import {
  isFatal,
  refusalOf,
  type SessionEnd,
} from '../../../lib/openai/realtime/wire-events.ts'

/** How a session ended, of which nothing else is known. */
const ended = (end: Partial<SessionEnd>): SessionEnd => ({
  code: 1006,
  reason: '',
  expired: false,
  misconfigured: false,
  ...end,
})

const refused = (end: Partial<SessionEnd>) => refusalOf(ended(end))

t.test('close codes', async t => {
  const again = [1000, 1001, 1005, 1006, 1011, 1012, 1013, 1014, 1015, 2999]
  for (const code of again) t.equal(refused({ code }), undefined, `${code}`)
  const ours = [1002, 1003, 1007, 1008, 1009, 1010, 3000, 4000, 4999]
  for (const code of ours)
    t.match(refused({ code }), {
      code: 'VOX_SERVICE_REFUSED',
      retryable: false,
      closeCode: code,
      status: undefined,
      message: `the server refused the session: it closed with code ${code}`,
    })
})

t.test('statuses of the handshake', async t => {
  for (const status of [408, 409, 425, 429, 500, 502, 503, 504, 520])
    t.equal(refused({ status }), undefined, `${status}`)
  for (const [status, advice] of [
    [301, /refused the session: Nothing$/],
    [400, /Nothing$/],
    [401, /Nothing; check the API key$/],
    [403, /Nothing; check the permissions of the API key$/],
    [404, /Nothing; check the base URL$/],
  ] as const)
    t.match(refused({ status, reason: 'Nothing.' }), {
      message: advice,
      status,
      closeCode: undefined,
    })
})

t.test('errors that another try would meet again', async t => {
  const codes = [
    'insufficient_quota',
    'credit_balance_exhausted',
    'invalid_api_key',
    'missing_model',
    'invalid_model',
    'model_not_found',
    'beta_api_shape_disabled',
  ]
  for (const code of codes) {
    t.ok(isFatal({ code }))
    t.match(refused({ error: { code, message: 'Said.' } }), {
      message: /^the server refused the session: Said/,
      serviceCode: code,
      closeCode: undefined,
    })
  }
  for (const code of ['rate_limit_exceeded', 'server_error', null, undefined])
    t.notOk(isFatal({ code }), `${code}`)
  t.notOk(isFatal(undefined))
  t.equal(refused({ error: { code: 'server_error' } }), undefined)
  const quota = { code: 'insufficient_quota', message: 'None left.' }
  t.match(refused({ error: quota })?.message, /None left; check the account$/)
})

t.test('refuses a configuration that the server changed', async t => {
  const end = { misconfigured: true }
  const error = { code: 'unknown_parameter', message: "Unknown: 'x'." }
  t.match(refused({ ...end, error }), { message: /Unknown: 'x'$/ })
  for (const error of [
    { type: 'server_error', code: null, message: 'Sorry.' },
    { type: 'tokens', code: 'rate_limit_exceeded', message: 'Slow down.' },
  ])
    t.equal(refused({ ...end, error }), undefined, 'the server is in trouble')
})

t.test('an expired session is not a refusal', async t => {
  const error = { code: 'session_expired', message: 'Your session expired.' }
  t.equal(refused({ code: 4000, expired: true, error }), undefined)
})

t.test('quotes the server without keys', async t => {
  const key = 'sk-proj-CANARY0123'
  const message = `Incorrect API key provided: ${key}.`
  for (const end of [
    { error: { code: 'invalid_api_key', message } },
    { error: { code: key, message }, misconfigured: true },
    { status: 401, reason: message },
    { code: 4000, reason: `Bearer ${key}` },
  ]) {
    const error = refused(end)
    t.match(error?.message, /sk-…|Bearer …/)
    t.notMatch(inspect(error), /CANARY/)
  }
})

t.test('quotes the server in one line', async t => {
  const message = 'Your key is wrong.\r\n\tGet another one.\n'
  t.match(refused({ error: { code: 'invalid_api_key', message } }), {
    message:
      'the server refused the session: Your key is wrong. Get another one; check the API key',
  })
})
