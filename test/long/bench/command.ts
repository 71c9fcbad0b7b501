import {
  cpSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  writeFileSync,
} from 'node:fs'
import { join, resolve } from 'node:path'
import t, { type Test } from 'tap'
import type { Results } from '../../../benchmarks/results.ts'
import { wavBytes } from '../../../lib/audio/wav-writer.ts'
import { bench, type BenchCommandOptions } from '../../../lib/cli/bench.ts'
import { exitCodeFor } from '../../../lib/cli/cli-error.ts'
import { Reporter } from '../../../lib/cli/reporter.ts'
import { Terminal } from '../../../lib/cli/terminal.ts'
import { cli, CliRun, onlyLine } from '../../fixtures/cli.ts'
import { testModels } from '../../fixtures/models.ts'
import { resultOf, startBuiltCli } from '../../fixtures/cli-process.ts'
import {
  figure,
  resultsOf,
  suiteRecord,
} from '../../fixtures/made-up-results.ts'

const clip = resolve(
  import.meta.dirname,
  '../../../assets/speech/austen-0880.flac',
)
const text = 'But Elinor was not.'

/** Knows what it is given, and says so when it is over. */
const pipeline = `export default async function* (source) {
  let end = 0
  for await (const { channels } of source) end += channels[0].length / 16
  yield { type: 'delta', turn: 'a', text: 'But Elinor was not.' }
  yield { type: 'final', turn: 'a', text: 'But Elinor was not.', start: 0, end }
}
`

/** A folder with a clip, whose words have times or not. */
const folderOf = (t: Test, words?: object[]): string => {
  const folder = t.testdir({ 'own.mjs': pipeline, clips: {} })
  cpSync(clip, join(folder, 'clips/a.flac'))
  writeFileSync(
    join(folder, 'clips/manifest.json'),
    JSON.stringify([{ file: 'a.flac', text, words }]),
  )
  return folder
}

const readJson = (...path: string[]): Results =>
  JSON.parse(readFileSync(join(...path), 'utf8')) as Results

const latency = 'bench latency --data clips --pipeline own.mjs'.split(' ')
/** The same, with the model that finds speech. */
const untimed = [...latency, '--model-dir', await testModels()]

t.test('a pipeline is measured, and held against an older run', async t => {
  const cwd = folderOf(t, [{ word: 'but', start: 0.2, end: 0.4 }])
  const old = resultsOf(suiteRecord('latency', { figures: [figure('x', 1)] }))
  writeFileSync(join(cwd, 'old.json'), JSON.stringify(old))
  const args = [...latency, '--compare', 'old.json']
  // Its cases are processes, whose folder is that of the command.
  const result = await resultOf(await startBuiltCli(args, { cwd }))
  t.equal(result.code, 0)
  t.match(result.stderr, /^(voxpipe: own\.mjs, run [12] of 2 …\n){2}$/)
  t.match(result.stdout, /^latency\n=======\n\n/)
  t.match(result.stdout, /\nown\.mjs +\d/, 'is a row of a table')
  t.match(result.stdout, /\nBeside old\.json\n.*Only before: 1\./s)
  t.match(result.stdout, /the machines differ/)
  t.match(result.stdout, /\nthe report is voxpipe-bench\/report\.html\n/)
  t.same(readdirSync(join(cwd, 'voxpipe-bench')).sort(), [
    'report.html',
    'report.md',
    'results.json',
  ])
  t.match(readJson(cwd, 'voxpipe-bench/results.json'), {
    schema: 1,
    suites: [
      {
        name: 'latency',
        command: 'voxpipe bench latency --data clips --pipeline own.mjs',
        failures: [],
        speech: { clips: 1 },
        data: { rows: [{ name: 'own.mjs' }] },
      },
    ],
  })
})

t.test('recordings without word times have delays, and an answer', async t => {
  const cwd = folderOf(t)
  const { code, stdout } = await cli(untimed, { cwd })
  t.equal(code, 0)
  t.match(stdout, /\nengine +first text +final +corrected +wrong\n/)
  t.match(
    stdout.replaceAll('\n', ' '),
    /own\.mjs: first words come [\d.]+ s after speech begins, .*, of the words none is corrected\. +$/,
  )
})

t.test('what cannot be measured is a failure, of this suite alone', async t => {
  const cwd = folderOf(t)
  const silence = { sampleRate: 16_000, channels: [new Float32Array(16_000)] }
  writeFileSync(join(cwd, 'clips/a.flac'), wavBytes(silence))
  const earlier = resultsOf(suiteRecord('faults'))
  const out = join(cwd, 'out')
  mkdirSync(out)
  writeFileSync(join(out, 'results.json'), JSON.stringify(earlier))
  const result = await cli([...untimed, '--json', '-o', 'out'], { cwd })
  t.match(result, {
    code: 1,
    stderr: /\nfailed: latency: clips: nobody speaks in them/,
  })
  t.match(result.stderr, /\nthe report is out\/report\.html\n/)
  const printed = JSON.parse(result.stdout) as Results
  t.match(printed, {
    schema: 1,
    command: /^voxpipe bench latency --data clips --pipeline own\.mjs /,
    suites: [{ name: 'latency', failures: [{ name: 'clips' }] }],
  })
  const kept = readJson(out, 'results.json')
  t.same(kept, { ...printed, suites: [...printed.suites, ...earlier.suites] })
  const quiet = await cli([...untimed, '--json', '-o', 'out', '--quiet'], {
    cwd,
  })
  t.match(quiet, { code: 1, stderr: '' })
  t.match(JSON.parse(quiet.stdout), { schema: 1 })
})

t.test('a signal ends the harness and its case', async t => {
  const cwd = folderOf(t, [{ word: 'but', start: 0.2, end: 0.4 }])
  const endless = `import { writeFileSync } from 'node:fs'
export default async function* (source) {
  for await (const _ of source) {}
  writeFileSync(import.meta.dirname + '/pid', String(process.pid))
  console.log('is there')
  for (;;);
}
`
  writeFileSync(join(cwd, 'endless.mjs'), endless)
  const args = ['--data', join(cwd, 'clips'), '-o', join(cwd, 'out'), '-v']
  const pipeline = ['--pipeline', join(cwd, 'endless.mjs')]
  const command = new CliRun(['bench', 'latency', ...args, ...pipeline])
  await command.stderr.has(/is there/)
  command.interrupt()
  t.match(await command.ended, { code: 130 })
  const pid = Number(readFileSync(join(cwd, 'pid'), 'utf8'))
  t.throws(() => process.kill(pid, 0), { code: 'ESRCH' }, 'it is gone')
  t.same(readdirSync(join(cwd, 'out')), [])
})

t.test('reports impossible requests before measuring', async t => {
  const folder = t.testdir({
    'old.json': '{}',
    'later.json': '{"schema":2}',
    'own.mjs': '',
    mine: { 'report.md': '' },
  })
  const at = (name: string): string => join(folder, name)
  const terminal = new Terminal()
  const reporter = new Reporter(terminal, { quiet: true })
  const wrong: [string[], BenchCommandOptions & object, RegExp][] = [
    [[], {}, /^no suite is named; use latency, .*, faults or all$/],
    [['all', 'speed'], {}, /^there is no suite 'speed'; use latency/],
    [['all'], { engine: 'local, x' }, /'engine' must be .*'openai', got 'x'/],
    [['all'], { model: 'tiny,large' }, /no model 'large'; use one of tiny/],
    [['all'], { latency: 'fast' }, /'balanced', 'accurate', got 'fast'$/],
    [['all'], { pipeline: at('own.mjs') }, /measured by 'latency' alone/],
    [
      ['latency'],
      { pipeline: at('x.mjs') },
      /the file '.*x.mjs' does not exist; .*--pipe/,
    ],
    [
      ['all'],
      { compare: at('x.json') },
      /'.*x.json' is no results.json .*such/,
    ],
    [['all'], { compare: at('old.json') }, /no results.json .*something else$/],
    [['all'], { compare: at('later.json') }, /has schema 2, and this voxpipe/],
    [['all'], { data: at('none') }, /cannot read '.*none': there is no such/],
    [['all'], { output: at('old.json') }, /it is a file; give a folder$/],
    [['all'], { output: at('mine') }, /report.md' is not of 'voxpipe bench'/],
    [
      ['all'],
      { maxDuration: 1 } as object,
      /^'voxpipe bench' does not take --max-duration/,
    ],
  ]
  for (const [names, options, message] of wrong) {
    const error = await bench(names, options, { terminal, reporter }).catch(
      one => one,
    )
    t.match((error as Error).message, message)
    t.equal(exitCodeFor(error), 2)
  }
})

t.test('reports wrong usage in one line', async t => {
  const cwd = t.testdir({})
  const wrong: [string, RegExp][] = [
    ['all --streams 1,0', /write a whole number above 0/],
    ['all --ful', /unknown option '--ful'; did you mean --full\?/],
    ['all --format json', /'voxpipe bench' does not take --format; omit it/],
  ]
  for (const [words, message] of wrong) {
    const result = await cli(['bench', ...words.split(' ')], { cwd })
    t.match(result, { code: 2, stdout: '' }, words)
    t.match(onlyLine(result), message)
  }
  t.same(readdirSync(cwd), [])
})

t.test('help', async t => {
  const help = await cli(['bench', '--help'])
  t.match(help, { code: 0, stderr: '' })
  for (const word of ['latency, capacity', '--compare <file>', '--pipeline'])
    t.ok(help.stdout.includes(word), word)
})
