import { inspect } from 'node:util'
import t from 'tap'
import { openaiClient } from '../../lib/openai/openai-client.ts'

const key = 'sk-CANARY0123456789'
const none: NodeJS.ProcessEnv = {}

t.test('reads the key and the base URL from the environment', async t => {
  const env = {
    OPENAI_API_KEY: ` ${key}\n`,
    OPENAI_ORG_ID: 'org-1',
    OPENAI_PROJECT_ID: 'proj-1',
    OPENAI_LOG: 'debug',
  }
  const client = await openaiClient({ env })
  t.match(client, {
    apiKey: key,
    organization: 'org-1',
    project: 'proj-1',
    baseURL: 'https://api.openai.com/v1',
    logLevel: 'off',
  })
  t.match(await openaiClient({ env, apiKey: 'mine' }), { apiKey: 'mine' })
})

t.test('a base URL of http, https, ws or wss', async t => {
  const baseOf = async (OPENAI_BASE_URL: string): Promise<string> =>
    (await openaiClient({ env: { OPENAI_BASE_URL }, apiKey: key })).baseURL
  t.equal(await baseOf(''), 'https://api.openai.com/v1')
  t.equal(await baseOf('http://127.0.0.1:8000/v1'), 'http://127.0.0.1:8000/v1')
  t.equal(await baseOf('ws://127.0.0.1:8000/v1'), 'http://127.0.0.1:8000/v1')
  t.equal(await baseOf('wss://example.com/v1/'), 'https://example.com/v1/')
  const wrong = [
    'example.com/v1',
    'ftp://example.com/v1',
    'https://me:secret@example.com/v1',
    'https://example.com/v1?key=secret',
  ]
  for (const url of wrong)
    try {
      t.fail(`${await baseOf(url)} is taken`)
    } catch (error) {
      t.match(error, { code: 'VOX_OPTION', message: /OPENAI_BASE_URL/ })
      t.notMatch(inspect(error), /secret/)
    }
})

t.test('without a key', async t => {
  const missing = { code: 'VOX_KEY_MISSING' }
  await t.rejects(openaiClient({ env: none }), {
    ...missing,
    message:
      'there is no key for OpenAI: set OPENAI_API_KEY, or use the local engine, which needs none',
  })
  await t.rejects(
    openaiClient({ env: none, baseURL: 'https://a.example/v1' }),
    {
      ...missing,
      message: /for a\.example: set OPENAI_API_KEY, to any word/,
    },
  )
  for (const host of ['localhost', 'a.localhost', '127.0.0.2', '[::1]'])
    t.match(await openaiClient({ env: none, baseURL: `http://${host}:1/v1` }), {
      apiKey: 'none',
    })
  for (const host of ['127.0.0.1.evil.example', 'localhost.evil.example'])
    await t.rejects(
      openaiClient({ env: none, baseURL: `http://${host}:1/v1` }),
      missing,
    )
})

t.test('refuses an invalid key without showing it', async t => {
  for (const OPENAI_API_KEY of [`${key}\n${key}`, `${key} x`, 'sk-CANARYß'])
    try {
      await openaiClient({ env: { OPENAI_API_KEY } })
      t.fail('it is taken')
    } catch (error) {
      t.match(error, { code: 'VOX_KEY_MISSING', message: /copy the key again/ })
      t.notMatch(inspect(error), /CANARY/)
    }
})

t.test('shows no valid key', async t => {
  const client = await openaiClient({ env: { OPENAI_API_KEY: key } })
  t.equal(inspect(client), "OpenAI { baseURL: 'https://api.openai.com/v1' }")
  t.notMatch(inspect({ client }, { depth: 9 }), /CANARY/)
  t.notMatch(JSON.stringify({ client }), /CANARY/)
})
