import { existsSync, symlinkSync } from 'node:fs'
import { join, relative } from 'node:path'
import t from 'tap'
import {
  captionFormats,
  extensionOf,
} from '../../lib/captions/formats/caption-formats.ts'
import { planJobs as plan, type JobRequest } from '../../lib/cli/jobs.ts'
import { Terminal } from '../../lib/cli/terminal.ts'

const planJobs = (request: JobRequest) => plan(request, new Terminal())

/** Where results go, relative to a folder, in one list. */
const paths = async (dir: string, request: JobRequest): Promise<string[]> =>
  (await planJobs(request)).flatMap(({ targets }) =>
    targets.map(({ path }) => (path ? relative(dir, path) : '-')),
  )

const usage = (request: JobRequest, message: RegExp) =>
  t.rejects(planJobs(request), { exitCode: 2, message })

t.test('standard output, a file, a folder', async t => {
  const dir = t.testdir({ there: {} })
  t.strictSame(await paths(dir, { inputs: ['a.mp3', 'b.mp3'] }), ['-', '-'])
  t.strictSame(
    await paths(dir, { inputs: ['a.mp3'], output: join(dir, 'x.srt') }),
    ['x.srt'],
  )
  t.strictSame(
    await paths(dir, {
      inputs: ['q/a.b.mp3', '-'],
      output: join(dir, 'there'),
    }),
    ['there/a.b.txt', 'there/stdin.txt'],
  )
  t.strictSame(
    await paths(dir, {
      inputs: ['a.mp3'],
      format: 'srt,vtt,srt',
      output: `${dir}/made/deep/`,
    }),
    ['made/deep/a.srt', 'made/deep/a.vtt'],
  )
  t.ok(existsSync(join(dir, 'made/deep')), 'the folder is made')
  t.strictSame(
    await paths(dir, {
      inputs: ['a.mp3'],
      format: 'all',
      outputDir: join(dir, 'made.srt'),
    }),
    captionFormats.map(format => `made.srt/a.${extensionOf(format)}`),
  )
})

t.test('the format is that of -f, of the file, or text', async t => {
  const formatOf = async (request: Partial<JobRequest>) =>
    (await planJobs({ inputs: ['a.mp3'], ...request }))[0]!.targets[0]!.format
  const dir = t.testdir()
  t.equal(await formatOf({}), 'txt')
  t.equal(await formatOf({ output: join(dir, 'x.vtt') }), 'vtt')
  t.equal(await formatOf({ output: join(dir, 'x.xml') }), 'ebuttd')
  t.equal(await formatOf({ output: join(dir, 'x.log') }), 'txt')
  t.equal(await formatOf({ output: join(dir, 'x.vtt'), format: 'tsv' }), 'tsv')
  t.equal(await formatOf({ output: '-', format: 'json' }), 'json')
  await usage({ inputs: ['a'], format: 'doc' }, /no format 'doc'; use txt, srt/)
})

t.test('accepts formats in capital letters', async t => {
  const dir = t.testdir()
  const inputs = ['a.mp3']
  const [job] = await planJobs({ inputs, output: join(dir, 'OUT.SRT') })
  t.match(job!.targets, [{ format: 'srt', path: join(dir, 'OUT.SRT') }])
  const output = `${dir}/`
  t.strictSame(await paths(dir, { inputs, output, format: 'SRT,srt,Vtt' }), [
    'a.srt',
    'a.vtt',
  ])
  const all = await paths(dir, { inputs, output, format: 'ALL' })
  t.equal(all.length, captionFormats.length)
})

t.test('no two results share a file', async t => {
  const dir = t.testdir()
  t.strictSame(
    await paths(dir, {
      inputs: ['a.mp3', 'x/a.wav', 'A.ogg', 'a-2.mp3', 'a.mp3'],
      format: 'srt',
      output: `${dir}/`,
    }),
    ['a.srt', 'a-3.srt', 'A-4.srt', 'a-2.srt', 'a-5.srt'],
  )
  await usage(
    { inputs: ['a.mp3', 'b.mp3'], output: join(dir, 'x.srt') },
    /x\.srt can hold only one result.*add \/ at the end/,
  )
  await usage({ inputs: ['a.mp3'], format: 'all' }, /-o FOLDER\//)
  await usage(
    { inputs: ['a'], output: 'x', outputDir: 'y' },
    /cannot be combined/,
  )
})

t.test('never overwrites an input', async t => {
  const dir = t.testdir({ 'a.srt': 'x' })
  symlinkSync(join(dir, 'a.srt'), join(dir, 'link.srt'))
  const inputs = [join(dir, 'a.srt')]
  await usage({ inputs, output: join(dir, 'link.srt') }, /is an input/)
  await usage({ inputs, format: 'srt', output: `${dir}/` }, /is an input/)
})

t.test('a result is not lost under the partial name of another', async t => {
  const dir = t.testdir({ 'b.partial.txt': 'left by a run that failed' })
  const output = `${dir}/`
  t.strictSame(
    await paths(dir, { inputs: ['x.partial.wav', 'X.wav', 'b.wav'], output }),
    ['x.partial.txt', 'X-2.txt', 'b.txt'],
  )
  t.strictSame(
    await paths(dir, { inputs: ['x.wav', 'x.partial.wav'], output }),
    ['x.txt', 'x.partial-2.txt'],
  )
  t.strictSame(
    await paths(dir, {
      inputs: ['x.wav', 'y/x.wav', 'x-2.partial.wav'],
      output,
    }),
    ['x.txt', 'x-3.txt', 'x-2.partial.txt'],
  )
})

t.test('an input is not deleted for having a partial name', async t => {
  const dir = t.testdir({ 'x.partial.srt': 'audio' })
  const inputs = [join(dir, 'x.partial.srt')]
  await usage(
    { inputs, output: join(dir, 'x.srt') },
    /x\.partial\.srt is an input, but \S+x\.srt is written under that name/,
  )
  await usage(
    { inputs: [...inputs, 'x.wav'], format: 'srt', output: `${dir}/` },
    /is an input/,
  )
})

t.test('an empty name is refused before any work', async () => {
  const inputs = ['a.mp3']
  await usage({ inputs, output: '' }, /the name of the output is empty/)
  await usage({ inputs, outputDir: '' }, /the name of the output is empty/)
  await usage({ inputs: ['a.mp3', ''] }, /the name of an input is empty/)
})

t.test('URLs are refused, and their secrets not repeated', async () => {
  for (const input of [
    'https://user:pass@example.com/a.mp3?key=secret',
    'RTSP://example.com/a',
  ])
    await usage(
      { inputs: [input] },
      /^voxpipe does not open URLs; pipe .*curl -L URL/,
    )
  await usage({ inputs: ['file:///tmp/a.mp3'] }, /omit file:\/\//)
  await usage({ inputs: ['-', '-'] }, /once/)
})

t.test('a folder that cannot be made is an error of writing', async t => {
  const dir = t.testdir({ file: 'x' })
  await t.rejects(planJobs({ inputs: ['a'], output: `${dir}/file/x/` }), {
    exitCode: 5,
    message: /its folder is a file/,
  })
})
