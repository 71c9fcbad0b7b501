import { once } from 'node:events'
import { openAsBlob, readFileSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { pathToFileURL } from 'node:url'
import t, { type Test } from 'tap'
import { transcribe } from '../../lib/index.ts'
import { scriptedRecognizer } from '../../lib/testing/index.ts'
import { jfkWords } from '../fixtures/scripted.ts'
import { jfk, jfkText } from '../fixtures/speech-clips.ts'

const recognizer = scriptedRecognizer({ words: jfkWords })
const bytes = readFileSync(jfk)
type Input = Parameters<typeof transcribe>[0]

const textOf = (input: Input): Promise<string> =>
  transcribe(input, { recognizer }).text()

/** Serves one answer, and returns its URL. */
const served = async (t: Test, answer: RequestListener): Promise<string> => {
  const server = createServer(answer)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}

const pieces = function* (): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 50_000)
    yield bytes.subarray(at, at + 50_000)
}

const inputs: Record<string, () => Input | Promise<Input>> = {
  'a path': () => jfk,
  'a file: URL': () => pathToFileURL(jfk),
  'a file: URL as text': () => pathToFileURL(jfk).href,
  'a Blob': () => new Blob([bytes]),
  'a Blob of a file': () => openAsBlob(jfk),
  'a File': () => new File([bytes], 'talk.wav'),
  'a Response': () => new Response(bytes),
  'the body of a Response': () => new Response(bytes).body!,
  'a web stream of bytes': () => ReadableStream.from(pieces()),
  'a Node stream': () => Readable.from(pieces()),
  'a generator': pieces,
  'a list of bytes': () => [...pieces()],
}

for (const [name, open] of Object.entries(inputs))
  t.test(`transcribes ${name}`, async t => {
    t.equal(await textOf(await open()), jfkText)
  })

t.test('transcribes what fetch() returns', async t => {
  const url = await served(t, (_, response) => response.end(bytes))
  t.equal(await textOf(await fetch(url)), jfkText)
})

t.test('refuses other URLs, and says what to do', async t => {
  const urls = [
    'https://example.com/talk.mp3',
    new URL('https://example.com/talk.mp3'),
    'rtsp://camera/',
    'data:audio/wav;base64,UklGRg==',
    new URL('blob:nodedata:1'),
  ]
  for (const url of urls)
    await t.rejects(textOf(url), {
      code: 'VOX_OPTION',
      option: 'input',
      message: /is a URL \(\w+:\), .*\(await fetch\(url\)\)/,
    })
  await t.rejects(textOf('file://elsewhere/talk.wav'), { code: 'VOX_OPTION' })
  await t.rejects(textOf(pathToFileURL('/no/such.wav')), {
    code: 'VOX_INPUT',
    message: /^\/no\/such\.wav: there is no such file/,
  })
})

t.test('names what it accepts', async t => {
  for (const input of [5, null, {}, () => {}])
    await t.rejects(textOf(input as unknown as string), {
      code: 'VOX_OPTION',
      message: /path, a file: URL, bytes .* Blob, a Response, or a stream/,
    })
})

t.test('refuses an input that was read, locked, or is an error', async t => {
  const code = 'VOX_INPUT'
  const blob = new Blob([bytes])
  const body = blob.stream()
  for await (const _ of body);
  await t.rejects(textOf(body), { code, message: /already been read/ })

  const response = new Response(bytes)
  await response.arrayBuffer()
  await t.rejects(textOf(response), { code, message: /already been read/ })

  const locked = blob.stream()
  locked.getReader()
  await t.rejects(textOf(locked), { code, message: /locked/ })

  const url = await served(t, (_, response) =>
    response.writeHead(404).end('<h1>Not found</h1>'),
  )
  await t.rejects(textOf(await fetch(url)), { code, message: /status 404/ })

  const empty = 'VOX_INPUT_EMPTY'
  await t.rejects(textOf(new Response(null)), { code: empty })
  await t.rejects(textOf(new Blob([])), { code: empty })
})

t.test('a response that breaks off says so, after its text', async t => {
  const url = await served(t, (_, response) => {
    response.writeHead(200, { 'content-length': bytes.length })
    response.write(bytes.subarray(0, 200_000), () => response.destroy())
  })
  const transcript = transcribe(await fetch(url), { recognizer })
  let end: unknown
  await t.rejects(
    async () => {
      for await (const event of transcript)
        if (event.type === 'end') end = event
    },
    { code: 'VOX_INPUT', message: /^the response ended before/ },
  )
  t.match(end, { complete: false })
})

t.test('a transcript that is closed cancels its web stream', async t => {
  for (const asResponse of [false, true]) {
    let cancel = (): void => {}
    const cancelled = new Promise<void>(resolve => (cancel = resolve))
    const forever = new ReadableStream({
      start: controller => controller.enqueue(bytes),
      cancel: () => cancel(),
    })
    const input = asResponse ? new Response(forever) : forever
    for await (const event of transcribe(input, { recognizer }))
      if (event.type === 'speech-start') break
    await cancelled
    t.pass('while a read is pending')
  }
  let cancelled = false
  const unread = new ReadableStream({ cancel: () => void (cancelled = true) })
  await transcribe(unread, { recognizer })[Symbol.asyncDispose]()
  t.ok(cancelled, 'before it is read')
})
