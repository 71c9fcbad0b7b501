import fc from 'fast-check'
import t from 'tap'
import { redact } from '../../lib/core/redact.ts'

t.test('hides whatever may be a secret', async t => {
  const secrets: [string, string][] = [
    ['Incorrect API key provided: sk-CANARY.', 'sk-…'],
    ['sk-proj-CANARY_01-CANARY', 'sk-…'],
    ['sk-svcacct-***********CANARY', 'sk-…'],
    ['{"value":"ek_CANARY0123"}', '{"value":"ek_…"}'],
    ['sess-CANARY', 'sess-…'],
    ['Authorization: Bearer CANARY.payload.sign', 'Authorization: Bearer …'],
    ['authorization: bearer CANARY, again', 'bearer …, again'],
    ['Proxy-Authorization: Basic CANARY==', 'Basic …'],
    ['realtime, openai-insecure-api-key.CANARY', 'api-key.…'],
    ['http://me:CANARY@proxy.example:8080', 'http://…@proxy.example:8080'],
    [
      'a https://CANARY@a.example/ b wss://u:CANARY@c',
      'a https://…@a.example/',
    ],
    ['sk-CANARY and sk-CANARY', 'sk-… and sk-…'],
  ]
  for (const [text, shown] of secrets) {
    const hidden = redact(text)
    t.notMatch(hidden, /CANARY/)
    t.ok(hidden.includes(shown), hidden)
  }
})

t.test('keeps text that is not a secret', async t => {
  for (const text of [
    '',
    'You exceeded your current quota; see https://platform.openai.com/docs',
    'a task-force, a week_end and risk-free',
    'connect ECONNREFUSED 127.0.0.1:80',
    'write to me@example.com',
    "Unknown parameter: 'session.audio.input'.",
  ])
    t.equal(redact(text), text)
})

t.test('a key is found amid anything, and twice is once', async () => {
  const key = fc
    .stringMatching(/^[A-Za-z0-9_-]{8,40}$/)
    .map(rest => `sk-${rest}`)
  const around = fc.constantFrom('', ' ', '"', "'", ':', '=', '(', '\n', '…')
  fc.assert(
    fc.property(around, key, around, (before, key, after) => {
      const hidden = redact(`key${before || ' '}${key}${after}.`)
      return !hidden.includes(key) && redact(hidden) === hidden
    }),
  )
})

t.test('a key that is known, whatever its form', t => {
  t.equal(redact('no 0123CANARY, 0123CANARY', '0123CANARY'), 'no …, …')
  t.equal(redact('there is none', 'none'), 'there is none', 'a word')
  t.end()
})
