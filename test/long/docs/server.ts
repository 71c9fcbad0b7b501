import { once } from 'node:events'
import { copyFile, readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import OpenAI from 'openai'
import t, { type Test } from 'tap'
import { findFfmpeg } from '../../../lib/io/ffmpeg.ts'
import { noBrowser, openBrowser } from '../../fixtures/browser.ts'
import {
  type Block,
  blocksOf,
  documents,
  isShown,
  outputOf,
} from '../../fixtures/markdown.ts'
import { jfk, jfkText } from '../../fixtures/speech-clips.ts'
import { Workspace } from '../../fixtures/workspace.ts'
import { recognises } from '../../fixtures/recognised.ts'

const examples = resolve(import.meta.dirname, '../../../docs/examples')
const page = 'docs/guide/server.md'
/** Where the documents' server is; here it is at a port that is free. */
const documented = '127.0.0.1:8642'

const folder = t.testdir({})
const workspace = await Workspace.fill(folder)
await copyFile(
  join(import.meta.dirname, '../../fixtures/audio/jfk.m4a'),
  join(folder, 'talk.m4a'),
)

/** Runs a block that serves, until the test is over; gives its first line. */
const start = async (t: Test, { text }: Block): Promise<string> => {
  const words = text.replace('voxpipe serve', 'exec voxpipe serve --port 0')
  const child = workspace.start('sh', ['-ec', words])
  t.teardown(async () => {
    const over = once(child, 'close')
    child.kill('SIGTERM')
    await over
  })
  let stderr = ''
  child.stderr.on('data', text => (stderr += text))
  child.once('exit', () => t.comment(stderr))
  const [line] = (await once(child.stdout, 'data')) as [Buffer]
  return line.toString()
}

const blocks = documents.flatMap(path =>
  blocksOf(path).map(block => ({ ...block, path })),
)
const [first, ...others] = blocks.filter(
  ({ mark }) => mark === 'run in: a terminal of its own',
)

const line = await start(t, first!)
const { host } = new URL(line)
t.equal(line, outputOf(first!.path, first!)!.text.replace(documented, host))

/** What the documents say, said of the server that is here. */
const here = (text: string): string =>
  text.replaceAll(documented, host).replaceAll('8642', host.replace(/.*:/, ''))

const check = async (
  t: Test,
  block: Block & { readonly path: string },
  program: string,
  args: string[],
): Promise<void> => {
  const ran = await workspace.run(program, args)
  t.equal(ran.code, 0, 'ends well')
  if (ran.code !== 0) t.comment(ran.stderr)
  const output = outputOf(block.path, block)
  if (output && !isShown(ran.stdout, output.text))
    t.equal(ran.stdout, output.text, 'prints what is shown')
  t.not(ran.stdout, '', 'prints something')
}

for (const block of others) {
  if (block.text === first!.text) continue // it runs
  t.test(`${block.where} serves`, async t => {
    t.match(await start(t, block), /^http:\/\/\S+\/v1\n$/)
  })
}

for (const block of blocks) {
  const { where, mark = '', text } = block
  if (mark === 'run in: a shell where it serves') {
    const skip = /\bffmpeg\b/.test(text) && !findFfmpeg() && 'no ffmpeg'
    t.test(`${where} works`, { skip }, t =>
      check(t, block, 'sh', ['-ec', here(text)]),
    )
  }
  const name = /^example: (server-.+\.js)$/.exec(mark)?.[1]
  if (name === undefined) continue
  t.test(`${where} is an example that runs`, async t => {
    const source = await readFile(join(examples, name), 'utf8')
    await writeFile(join(folder, name), here(source))
    await check(t, block, process.execPath, [name])
  })
}

t.test('the page works', { skip: noBrowser }, async t => {
  const block = blocksOf(page).find(({ language }) => language === 'html')
  const files: Record<string, string | Uint8Array> = {}
  const browser = await openBrowser(t, files)
  const { origin } = new URL(browser.url)
  const serve = { ...first!, text: `voxpipe serve --allow-origin ${origin}` }
  const baseURL = (await start(t, serve)).trim()
  const client = new OpenAI({ baseURL, apiKey: 'any' })
  const { value } = await client.realtime.clientSecrets.create({
    session: {
      type: 'transcription',
      audio: {
        input: {
          transcription: { model: 'gpt-live-transcribe' },
          turn_detection: null,
        },
      },
    },
  })
  files['/secret'] = value
  files['/talk.wav'] = await readFile(jfk)
  files['/'] = block!.text.replace(documented, new URL(baseURL).host)
  await browser.page.goto(browser.url)
  await browser.page.waitForFunction(
    "document.querySelector('p').textContent.split(' ').length > 20",
  )
  const shown = await browser.page.textContent('p')
  recognises(t, shown!, jfkText)
})
