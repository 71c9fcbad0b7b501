import t from 'tap'
import { noBrowser, openBrowser } from '../../fixtures/browser.ts'
import { openServer } from '../../fixtures/local-server.ts'

/** What a page sees that opens a session. */
type Seen = { events: string[]; code: number; protocol: string }

/** Opens a session in a page; it is closed after the first event. */
const connect = ({ port, key }: { port: number; key: string }): Promise<Seen> =>
  new Promise(resolve => {
    const events: string[] = []
    const socket = new WebSocket(
      `ws://127.0.0.1:${port}/v1/realtime?intent=transcription`,
      ['realtime', `openai-insecure-api-key.${key}`],
    )
    let protocol = ''
    socket.addEventListener('open', () => (protocol = socket.protocol))
    socket.addEventListener('message', ({ data }) => {
      events.push((JSON.parse(String(data)) as { type: string }).type)
      socket.close()
    })
    socket.addEventListener('close', ({ code }) =>
      resolve({ events, code, protocol }),
    )
  })

t.test('a page of another origin', { skip: noBrowser }, async t => {
  const { page, url } = await openBrowser(t)
  const refusing = await openServer(t)
  const allowing = await openServer(t, {
    allowedOrigins: [url],
    apiKeys: ['sk-of-this-server'],
  })
  const ask = (port: number, key: string): Promise<Seen> =>
    page.evaluate(connect, { port, key })
  t.same(
    await ask(refusing.port, 'sk-any'),
    { events: [], code: 1006, protocol: '' },
    'does not come in',
  )
  t.match(
    await ask(allowing.port, 'sk-other'),
    { events: ['error'] },
    'nor with a wrong key where its origin may',
  )
  t.match(
    await ask(allowing.port, 'sk-of-this-server'),
    { events: ['session.created'], protocol: 'realtime' },
    'but with the right one',
  )
  const answer = await page.evaluate(
    async ({ url }) => {
      const post = (key: string): Promise<Response> =>
        fetch(url, {
          method: 'POST',
          headers: {
            authorization: `Bearer ${key}`,
            'content-type': 'application/json',
          },
          body: '{}',
        })
      const made = await post('sk-of-this-server')
      const { value } = (await made.json()) as { value: string }
      return { value, again: (await post(value)).status }
    },
    { url: `${allowing.baseURL}/realtime/client_secrets` },
  )
  t.equal(answer.again, 401, 'a secret makes no secrets')
  t.match(await ask(allowing.port, answer.value), {
    events: ['session.created'],
  })
})
