import { text } from 'node:stream/consumers'
import { PassThrough } from 'node:stream'
import t from 'tap'
import { run, type RunOptions } from '../../lib/cli/run.ts'
import { signals } from '../../lib/cli/terminal.ts'
import { canary, serve } from '../fixtures/openai-cli.ts'
import { jfkRecognizer } from '../fixtures/scripted.ts'
import { jfk, jfkText } from '../fixtures/speech-clips.ts'

/** Runs a command; what it is not given is the process's own. */
const runWith = async (args: string[], options: RunOptions = {}) => {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  const printed = Promise.all([text(stdout), text(stderr)])
  const code = await run(args, { stdout, stderr, ...options })
  stdout.end()
  stderr.end()
  const [out, err] = await printed
  return { code, stdout: out, stderr: err }
}

/** What a run could leave behind in its process. */
const leftovers = () => ({
  exitCode: process.exitCode,
  env: { ...process.env },
  listeners: process
    .eventNames()
    .map(name => [name, process.listenerCount(name as 'exit')]),
})

t.test('transcribes with the recogniser it is given', async t => {
  const recognizer = jfkRecognizer()
  const result = await runWith([jfk], { recognizer })
  t.match(result, { code: 0, stdout: `${jfkText}\n`, stderr: '' })
  t.notOk(recognizer.closed, 'whoever made it closes it')
  const refused = await runWith([jfk, '--keyword', 'x'], { recognizer })
  t.match(refused, { code: 2, stderr: /the local engine takes no keywords/ })
  const taker = jfkRecognizer({ supportsKeywords: true })
  const words = ['--keyword', 'country', '--keyword', 'ask']
  t.match(await runWith([jfk, ...words], { recognizer: taker }), { code: 0 })
  const job = taker.jobs.find(({ type }) => type === 'recognize')
  t.strictSame(job?.keywords, ['country', 'ask'])
})

t.test('reads standard input that it is given', async t => {
  const stdin = new PassThrough()
  stdin.end('1\n00:00:01,000 --> 00:00:02,000\nAsk not.\n')
  const result = await runWith(['captions', '-', '-f', 'txt'], { stdin })
  t.match(result, { code: 0, stdout: 'Ask not.\n', stderr: '' })
})

t.test('the environment is the one that it is given', async t => {
  const server = await serve(t, { keys: [canary] })
  const env = { OPENAI_API_KEY: canary, OPENAI_BASE_URL: server.baseURL }
  const args = [jfk, '--engine', 'openai']
  const result = await runWith(args, { env })
  t.match(result, { code: 0, stdout: `${jfkText}\n`, stderr: '' })
  t.match(await runWith(args, { env: {} }), {
    code: 4,
    stderr: /^voxpipe: there is no key for OpenAI/,
  })
  const doctor = await runWith(['doctor'], { env: { PATH: '/nowhere' } })
  t.match(doctor.stdout, /note +ffmpeg: not found/)
})

t.test('a run leaves nothing behind', async t => {
  const before = leftovers()
  const key = 'key-of-a-run'
  const args = [`${key}.wav`]
  const recognizer = jfkRecognizer()
  const hidden = await runWith(args, {
    env: { OPENAI_API_KEY: key },
    recognizer,
  })
  t.match(hidden, { code: 1, stderr: /….wav/ })
  t.notMatch(hidden.stderr, key, 'its key is not shown')
  await runWith(['--help'])
  await runWith(['--nonsense'])
  t.same(leftovers(), before)
  const other = await runWith(args, { env: {}, recognizer })
  t.match(other.stderr, key, 'and it is no key of the next run')
})

t.test(
  'the signals of the process interrupt a run without its own',
  async t => {
    const count = () => signals.map(name => process.listenerCount(name))
    const before = count()
    let during: number[] = []
    const recognizer = jfkRecognizer({
      onJob: () => void (during = count()),
    })
    await runWith([jfk], { recognizer })
    t.same(
      during,
      before.map(n => n + 1),
    )
    t.same(count(), before)
    const { signal } = new AbortController()
    await runWith([jfk], { recognizer, signal })
    t.same(during, before, 'with a signal there is no need to')
  },
)

t.test('a signal that was aborted before ends a run at once', async t => {
  for (const [reason, code] of [
    [undefined, 130],
    ['SIGTERM', 143],
  ] as const) {
    const signal = AbortSignal.abort(reason)
    const recognizer = jfkRecognizer()
    const result = await runWith([jfk], { recognizer, signal })
    t.match(result, { code, stdout: '' })
    t.match(result.stderr, /^voxpipe: stopping: /)
  }
})
