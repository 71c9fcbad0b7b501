import { once } from 'node:events'
import { copyFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import t, { type Test } from 'tap'
import WebSocket from 'ws'
import { atRate, jfk as jfkSamples, pcm } from '../../fixtures/audio.ts'
import { noBrowser, openBrowser } from '../../fixtures/browser.ts'
import { examples } from '../../fixtures/examples.ts'
import { blocksOf } from '../../fixtures/markdown.ts'
import { recognises } from '../../fixtures/recognised.ts'
import { jfkText } from '../../fixtures/speech-clips.ts'
import { Workspace } from '../../fixtures/workspace.ts'

const folder = t.testdir({})
const workspace = await Workspace.fill(folder, {
  VOXPIPE_API_KEY: 'sk-of-a-test', // `serve` needs one for other machines
})
for (const name of await readdir(examples))
  await copyFile(join(examples, name), join(folder, name))

/** The lines that a program prints, until the test ends. */
const linesOf = (
  t: Test,
  program: string,
  args: readonly string[],
): AsyncIterator<string> => {
  const child = workspace.start(program, args)
  t.teardown(async () => {
    const over = once(child, 'close')
    child.kill('SIGTERM')
    await over
  })
  child.stderr.on('data', text => t.comment(String(text)))
  return createInterface({ input: child.stdout })[Symbol.asyncIterator]()
}

const next = async (lines: AsyncIterator<string>): Promise<string> => {
  const { value, done } = await lines.next()
  if (done) throw new Error('the program ended')
  return value
}

t.test('recipe-telephony.js transcribes a call', async t => {
  const lines = linesOf(t, process.execPath, ['recipe-telephony.js'])
  const socket = new WebSocket(await next(lines))
  await once(socket, 'open')
  const call = pcm([atRate(jfkSamples(), 16_000, 8_000)], 'mulaw')
  socket.send(JSON.stringify({ event: 'start' }))
  for (let at = 0; at < call.length; at += 160) {
    const payload = call.subarray(at, at + 160).toString('base64')
    socket.send(JSON.stringify({ event: 'media', media: { payload } }))
  }
  socket.send(JSON.stringify({ event: 'stop' }))
  let said = await next(lines)
  while (!/for your country\W*$/.test(said)) said += ` ${await next(lines)}`
  recognises(t, said, jfkText)
})

t.test(
  'recipe-microphone.js transcribes what a browser hears',
  { skip: noBrowser },
  async t => {
    const lines = linesOf(t, process.execPath, ['recipe-microphone.js'])
    const { page } = await openBrowser(t, {}, [
      '--use-fake-ui-for-media-stream',
      '--use-fake-device-for-media-stream',
      `--use-file-for-fake-audio-capture=${join(folder, 'talk.wav')}`,
    ])
    await page.goto(await next(lines))
    await page.click('button')
    // The browser repeats the talk.
    await page.waitForFunction(
      "/fellow American/.test(document.querySelector('div').textContent)",
      undefined,
      { timeout: 120_000 },
    )
    t.ok(await page.$('p'), 'a paragraph for each turn')
  },
)

t.test('recipe-captions-page.js sends what is on the screen', async t => {
  const lines = linesOf(t, process.execPath, ['recipe-captions-page.js'])
  const { body } = await fetch(`${await next(lines)}/captions`)
  let received = ''
  for await (const bytes of body!.pipeThrough(new TextDecoderStream())) {
    received += bytes
    if (/"lines":\["[^\]]*your country/.test(received)) break
  }
  const screens = received.match(/^data: .*$/gm)!
  t.match(JSON.parse(screens[0].slice(6)), { lines: Array })
})

t.test('recipe-captions-page.html shows it', { skip: noBrowser }, async t => {
  const lines = linesOf(t, process.execPath, ['recipe-captions-page.js'])
  const { page } = await openBrowser(t)
  await page.goto(await next(lines))
  await page.waitForFunction(
    "/country/.test(document.querySelector('pre').textContent)",
    undefined,
    { timeout: 120_000 },
  )
})

t.test('the server of the Dockerfile is healthy', async t => {
  const dockerfile = blocksOf('docs/recipes/docker.md')[0]!.text
  const wordsAfter = (instruction: string): string[] =>
    JSON.parse(
      new RegExp(`^${instruction} (\\[.*\\])$`, 'm').exec(dockerfile)![1]!,
    ) as string[]
  const [program = '', ...args] = wordsAfter('CMD')
  const free = ['--port', '0']
  const url = new URL(await next(linesOf(t, program, [...args, ...free])))
  const [node = '', ...check] = wordsAfter('HEALTHCHECK CMD')
  const here = check.map(word => word.replace('8642', url.port))
  t.notSame(here, check, 'asks the port that the server listens on by default')
  const { code, stderr } = await workspace.run(node, here)
  t.equal(code, 0, stderr)
  const away = here.map(word => word.replace('/health', '/nowhere'))
  t.not((await workspace.run(node, away)).code, 0)
})

t.test('the Dockerfile installs as the one of the guide', async t => {
  const runsOf = (page: string): string[] =>
    blocksOf(page)
      .filter(({ language }) => language === 'dockerfile')
      .flatMap(({ text }) => text.match(/^RUN .*$/gm) ?? [])
  const [install, fetchModels] = runsOf('docs/guide/embedding.md')
  t.same(runsOf('docs/recipes/docker.md'), [
    install,
    fetchModels!.replace('tiny', 'base'),
  ])
})
