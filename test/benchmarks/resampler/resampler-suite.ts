import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import t from 'tap'
import { cases } from '../../../benchmarks/cases.ts'
import type { ResamplerData } from '../../../benchmarks/resampler/resampler-case.ts'
import resamplerSuite from '../../../benchmarks/resampler/resampler-suite.ts'
import { ask, contextOf, never } from '../../fixtures/bench-context.ts'

const listened = new Set(['voxpipe (wasm)', 'halves'])

/** The real cases, in this process, with less to do. */
const less = async <Out>(name: string, input: unknown): Promise<Out> => {
  const { default: run } = await cases[name]!()
  const told = input as { readonly name: string }
  const quality = listened.has(told.name)
  const small = { ...told, seconds: 1, runs: 1, quality }
  return (await run(small as never, { signal: never })) as Out
}

t.test('ours beside others', async t => {
  const folder = t.testdir({
    'halves.mjs': `export default (from, to) => samples =>
      samples.filter((_, i) => Math.floor(i * to / from) > Math.floor((i - 1) * to / from))`,
    'silent.mjs': `export default (from, to) => samples =>
      new Float32Array(Math.round(samples.length * to / from))`,
    'absent.mjs': `export default () => { throw new Error('not here\\nat all') }`,
  })
  const module = (name: string) => pathToFileURL(join(folder, name)).href
  const result = await resamplerSuite(
    contextOf([], {
      runCase: less,
      competitors: {
        resampler: {
          halves: module('halves.mjs'),
          silent: module('silent.mjs'),
          absent: module('absent.mjs'),
        },
      },
    }),
  )
  const { reference, engines, stages } = result.data as ResamplerData
  t.equal(reference, 'halves')
  const of = (name: string, from = 48_000) =>
    engines.find(row => row.name === name && row.from === from)
  t.match(of('halves'), { to: 16_000, ratio: 1 })
  t.ok(of('halves')!.quality!.aliases! < 10, 'drops samples, and folds')
  t.match(of('absent'), { absent: 'not here' })
  t.ok(result.notes.includes('absent was not measured: not here.'))
  t.same(
    result.failures.map(({ name, problem }) => [name, problem]),
    [
      ['silent, 48000 → 16000 Hz', 'a sine of full scale came out at 0.00'],
      ['silent, 44100 → 16000 Hz', 'a sine of full scale came out at 0.00'],
    ],
  )
  for (const from of [48_000, 44_100]) {
    const ours = of('voxpipe (wasm)', from)!
    t.ok(ours.quality!.signalToError > 110 && ours.quality!.aliases! > 100)
    t.ok(ours.speed! > 0 && ours.ratio! > 0)
  }
  t.equal(stages.length, 6)
  t.match(result.verdicts, [
    { name: 'Resampler: signal to error, dB', met: true },
    { name: 'Resampler: aliases are down, dB', met: true },
  ])
  const ids = new Set(result.figures.map(({ id }) => id))
  t.ok(ids.has('resampler/48000 → 16000/voxpipe (wasm), speed'))
  for (const { head, rows } of result.tables)
    t.ok(rows.every(cells => cells.length === head.length))
})

t.test('in a process of its own', async t => {
  const question = {
    name: 'voxpipe (js)',
    from: 8_000,
    to: 16_000,
    runs: 1,
    seconds: 1,
    quality: false,
  }
  t.match(await ask('resampler', question), { speeds: [Number] })
})
