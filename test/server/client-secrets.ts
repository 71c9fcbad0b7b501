import t from 'tap'
import {
  ClientSecrets,
  createClientSecret,
} from '../../lib/server/client-secrets.ts'
import { Engines } from '../../lib/server/engines.ts'
import { HttpError } from '../../lib/server/http-messages.ts'
import { resolveServerOptions } from '../../lib/server/server-options.ts'
import { defaultConfig } from '../../lib/openai/wire/session-config.ts'

const engines = new Engines(resolveServerOptions({}))

/** Status and body of an answer. */
const create = (
  body: unknown,
  secrets: ClientSecrets,
): { status: number; body: Record<string, unknown> } => {
  try {
    return { status: 200, body: createClientSecret({ secrets, engines }, body) }
  } catch (error) {
    if (!(error instanceof HttpError)) throw error
    return { status: error.status, body: { error: error.error } }
  }
}

const ask = (body: unknown, secrets = new ClientSecrets()) => {
  const answer = create(body, secrets)
  secrets.clear()
  return answer
}

const secondsOf = ({ body }: ReturnType<typeof ask>): number =>
  Math.round(Number(body['expires_at']) - Date.now() / 1_000)

t.test('returns a client secret', async t => {
  const { status, body } = ask({})
  t.equal(status, 200)
  t.same(Object.keys(body), ['value', 'expires_at', 'session'])
  t.match(body['value'], /^ek_[0-9A-Za-z]{32,}$/)
  t.match(body['session'], {
    id: /^sess_\w{21}$/,
    object: 'realtime.transcription_session',
    type: 'transcription',
    expires_at: body['expires_at'],
    ...defaultConfig,
  })
})

t.test('expires after the requested time', async t => {
  const near = (answer: ReturnType<typeof ask>, seconds: number) =>
    t.ok(Math.abs(secondsOf(answer) - seconds) <= 1)
  near(ask({}), 600)
  near(ask({ expires_after: {} }), 600)
  near(ask({ expires_after: { anchor: 'created_at', seconds: 10 } }), 10)
  near(ask({ expires_after: { seconds: 7_200 } }), 7_200)
})

t.test('refuses invalid requests', async t => {
  const session = (input: object) => ({
    session: { type: 'transcription', audio: { input } },
  })
  const cases: [body: unknown, error: Record<string, unknown>][] = [
    [null, { code: 'invalid_json' }],
    [[], { code: 'invalid_json' }],
    [
      { expires_after: { seconds: 9 } },
      {
        code: 'integer_below_min_value',
        param: 'expires_after.seconds',
        message: /Expected a value >= 10, but got 9/,
      },
    ],
    [
      { expires_after: { seconds: 7_201 } },
      { code: 'integer_above_max_value', param: 'expires_after.seconds' },
    ],
    [
      { expires_after: { seconds: 10.5 } },
      { code: 'invalid_type', param: 'expires_after.seconds' },
    ],
    [
      { expires_after: { anchor: 'used_at' } },
      { code: 'invalid_value', param: 'expires_after.anchor' },
    ],
    [{ ttl: 1 }, { code: 'unknown_parameter', param: 'ttl' }],
    [
      { session: { type: 'realtime' } },
      { code: 'invalid_value', param: 'session.type' },
    ],
    [
      session({ transcription: { model: 'whisper-1', language: 'de' } }),
      {
        code: 'invalid_value',
        param: 'session.audio.input.transcription.language',
      },
    ],
    [
      session({ nope: 1 }),
      { code: 'unknown_parameter', param: 'session.audio.input.nope' },
    ],
  ]
  for (const [body, error] of cases) {
    const answer = ask(body)
    t.equal(answer.status, 400)
    t.match(answer.body['error'], { type: 'invalid_request_error', ...error })
    t.same(Object.keys(answer.body['error'] as object).toSorted(), [
      'code',
      'message',
      'param',
      'type',
    ])
  }
})

t.test('accepts secrets until they expire', async t => {
  const secrets = new ClientSecrets()
  const long = secrets.create(60, defaultConfig)!
  const short = secrets.create(0.02, defaultConfig)!
  t.not(long.value, short.value)
  t.equal(secrets.find(long.value)?.config, defaultConfig)
  while (secrets.find(short.value)) await new Promise(setImmediate)
  t.equal(secrets.find(long.value)?.config, defaultConfig)
  t.equal(secrets.find('ek_other'), undefined)
  secrets.clear()
  t.equal(secrets.find(long.value), undefined)
})

t.test('limits their number and keeps no process alive', async t => {
  const secrets = new ClientSecrets()
  while (secrets.create(600, defaultConfig));
  const { status, body } = create({}, secrets)
  t.equal(status, 429)
  t.match(body, { error: { code: 'rate_limit_exceeded', type: 'requests' } })
  t.notOk(process.getActiveResourcesInfo().includes('Timeout'))
})
