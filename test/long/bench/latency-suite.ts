import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import t from 'tap'
import type { LatencyData } from '../../../benchmarks/latency/latency-data.ts'
import latencySuite from '../../../benchmarks/latency/latency-suite.ts'
import { apartPercent } from '../../../benchmarks/latency/latency-figures.ts'
import {
  contextOf,
  madeUpClip,
  shortClip,
} from '../../fixtures/bench-context.ts'
import { testModels } from '../../fixtures/models.ts'

delete process.env['OPENAI_API_KEY']

/** Shows the first word when it has been said, the second after the end. */
const own = `export default async function* (source) {
  const turn = 'a'
  for await (const { offset } of source) {
    if (offset === 3200) yield { type: 'delta', turn, text: 'Good' }
    if (offset === 8000) yield { type: 'delta', turn, text: ' morning.' }
    if (offset === 16000)
      yield { type: 'final', turn, text: 'Good morning.', start: 50, end: 350 }
  }
}`

t.test('a pipeline becomes a row, figures and tables', async t => {
  const folder = t.testdir({ 'own.mjs': own })
  const lines: string[] = []
  const result = await latencySuite(
    contextOf([madeUpClip()], {
      options: { pipeline: join(folder, 'own.mjs') },
      progress: line => void lines.push(line),
    }),
  )
  t.same(lines, ['own.mjs, run 1 of 2 …', 'own.mjs, run 2 of 2 …'])
  t.same(result.failures, [])
  t.same(result.notes, [])
  t.same(result.verdicts, [], 'limits are for the default setting')
  const { rows, clips, pacing } = result.data as LatencyData
  t.equal(pacing, undefined)
  t.match(clips, [{ id: 'made-up', durationMs: 500, text: 'Good morning.' }])
  const [row, ...others] = rows
  t.same(others, [])
  t.match(row, {
    name: 'own.mjs',
    engine: 'own.mjs',
    streams: 1,
    figures: {
      wordToDelta: { n: 4 },
      endToFinal: { n: 2 },
      finalErrors: { errors: 0, words: 4 },
    },
    clips: [{ run: 0 }, { run: 1 }],
  })
  t.equal(row!.p50s.length, 2)
  t.ok(row!.figures.wordToDelta.p50! > 100)
  const value = (id: string) => result.figures.find(one => one.id === id)
  t.match(value('latency/own.mjs/word → delta p50'), {
    value: row!.figures.wordToDelta.p50,
    unit: 'ms',
    better: 'lower',
    n: 4,
  })
  t.match(value('latency/own.mjs/word errors'), { value: 0, noise: 0 })
  t.match(value('latency/own.mjs/CPU of all cores'), { unit: '%', n: 2 })
  t.equal(result.tables[0]!.rows[0]![0], 'own.mjs')
  for (const { head, rows } of result.tables)
    t.ok(rows.every(cells => cells.length === head.length))
})

t.test('finds speech in clips without word times', async t => {
  const modelDir = await testModels()
  const clip = await shortClip()
  const folder = t.testdir({
    'own.mjs': own.replace('start: 50, end: 350', 'start: 300, end: 2900'),
  })
  const result = await latencySuite(
    contextOf([{ ...clip, text: undefined, words: undefined }], {
      options: { pipeline: join(folder, 'own.mjs'), modelDir },
    }),
  )
  t.same(result.failures, [])
  const data = result.data as LatencyData
  t.equal(data.speechBy, 'voice activity')
  t.match(data.rows, [
    {
      figures: {
        wordToDelta: { n: 0 },
        onsetToPartial: { n: 2 },
        finalErrors: { words: 0 },
      },
    },
  ])
})

t.test('reports clips in which nobody speaks', async t => {
  const clip = { ...madeUpClip(), words: undefined }
  const options = { modelDir: await testModels() }
  const { failures, tables, data } = await latencySuite(
    contextOf([clip], { options }),
  )
  t.match(failures, [{ name: 'clips', problem: /^nobody speaks in them/ }])
  t.same(tables, [])
  t.same((data as LatencyData).rows, [])
})

t.test('reports engines that are missing or fail', async t => {
  const folder = t.testdir({
    'absent.mjs': 'export default async () => undefined',
    'broken.mjs':
      'export default async () => { throw new Error("no licence") }',
  })
  const module = (name: string) => pathToFileURL(join(folder, name)).href
  const { failures, notes } = await latencySuite(
    contextOf([madeUpClip(), { ...madeUpClip('german'), language: 'de' }], {
      options: { engines: ['absent', 'broken', 'openai'] },
      competitors: {
        latency: {
          absent: module('absent.mjs'),
          broken: module('broken.mjs'),
        },
      },
    }),
  )
  t.same(failures, [{ name: 'broken', problem: 'no licence' }])
  t.ok(notes.includes('absent is not installed.'))
  t.ok(notes.some(note => note.startsWith('OpenAI was not measured: OPENAI_')))
})

t.test('how far runs lie apart is from one to the next', async t => {
  t.equal(apartPercent([100]), 0)
  t.equal(apartPercent([100, 110, 99]), (100 * 11) / 99)
})
