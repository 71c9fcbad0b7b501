import type { IncomingHttpHeaders } from 'node:http'
import t from 'tap'
import {
  checkKey,
  checkSource,
  sourceRules,
  keyChecker,
} from '../../lib/server/guard.ts'

const rules = sourceRules(
  ['Speech.example', '::2'],
  ['https://app.example', 'https://Slash.example/'],
  '192.168.1.5',
)

/** Whether each Host may be used. */
const hosts: Record<string, boolean> = {
  localhost: true,
  'LOCALHOST:80': true,
  'localhost:8642': true,
  '127.0.0.1:8642': true,
  '[::1]:8642': true,
  '[::1]': true,
  'speech.example:1': true,
  '[::2]:1': true,
  '192.168.1.5:8642': true,
  '192.168.1.6:8642': false,
  'evil.example': false,
  'localhost.evil.example': false,
  'evil.example:localhost': false,
  'localhost@evil.example': false,
  'localhost:80:80': false,
  'localhost evil': false,
  '::1': false,
  '': false,
}

/** Whether each origin may call `localhost:8642`, and may read the answer. */
const origins: Record<string, 'own' | 'allowed' | 'no'> = {
  'http://localhost:8642': 'own',
  'HTTP://LOCALHOST:8642': 'own',
  'https://app.example': 'allowed',
  'https://slash.example': 'allowed',
  'http://app.example': 'no',
  'https://app.example.evil': 'no',
  'https://app.example:444': 'no',
  'http://localhost:3000': 'no',
  'http://localhost': 'no',
  'https://localhost:8642': 'no',
  'https://evil.example': 'no',
  'file://': 'no',
  null: 'no',
  '': 'no',
}

t.test('a host name is one of its own', async t => {
  for (const [host, allowed] of Object.entries(hosts))
    t.equal(checkSource({ host }, rules).allowed, allowed, host)
  t.notOk(checkSource({}, rules).allowed, 'none at all')
})

t.test('an origin is its own, or one that was allowed', async t => {
  for (const [origin, kind] of Object.entries(origins)) {
    const headers = { host: 'localhost:8642', origin }
    const verdict = checkSource(headers, rules)
    t.equal(verdict.allowed, kind !== 'no', origin)
    t.equal('origin' in verdict, kind === 'allowed', `${origin} reads`)
    const evil = checkSource({ ...headers, host: 'evil.example' }, rules)
    t.notOk(evil.allowed, `${origin} by an evil name`)
  }
})

t.test('an unknown host has no origin', async t => {
  const headers = { host: 'evil.example', origin: 'http://evil.example' }
  t.notOk(checkSource(headers, rules).allowed)
})

t.test('refuses cross-site requests without an origin', async t => {
  const from = (site: string, origin?: string) =>
    checkSource(
      {
        host: 'localhost',
        'sec-fetch-site': site,
        ...(origin !== undefined && { origin }),
      },
      rules,
    ).allowed
  t.notOk(from('cross-site'))
  t.ok(from('same-origin'))
  t.ok(from('none'), 'typed by its user')
  t.ok(from('cross-site', 'https://app.example'))
  t.notOk(from('cross-site', 'https://evil.example'))
})

t.test('identifies the key of a request', async t => {
  const isKey = keyChecker(['good'])
  const table: [
    headers: IncomingHttpHeaders,
    wanted: boolean,
    code: unknown,
  ][] = [
    [{}, false, undefined],
    [{}, true, null],
    [{ authorization: 'Bearer any' }, false, undefined],
    [{ authorization: 'Bearer bad' }, true, 'invalid_api_key'],
    [{ authorization: 'Bearer good' }, true, undefined],
    [{ 'api-key': 'good' }, true, undefined],
    [{ authorization: 'Basic good' }, true, null],
    [{ authorization: 'Bearer ek_1' }, false, 'invalid_api_key'],
    [{ authorization: 'Bearer ek_1' }, true, 'invalid_api_key'],
  ]
  for (const [headers, wanted, code] of table) {
    const problem = checkKey(headers, wanted, isKey)
    t.equal(problem?.code, code, JSON.stringify({ headers, wanted }))
  }
  const secret = 'sk-secret-0123456789'
  const told = checkKey({ authorization: `Bearer ${secret}` }, true, isKey)
  t.notMatch(JSON.stringify(told), 'secret')
})

t.test('a key is one of those, or none', async t => {
  const isKey = keyChecker(['one', 'two'])
  t.ok(isKey('one'))
  t.ok(isKey('two'))
  for (const key of ['', 'on', 'one ', 'ONE', 'three']) t.notOk(isKey(key), key)
  t.notOk(keyChecker([])(''))
})
