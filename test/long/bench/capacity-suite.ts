import t from 'tap'
import capacitySuite, {
  type CapacityData,
} from '../../../benchmarks/capacity/capacity-suite.ts'
import {
  contextOf,
  madeUpClip,
  shortClip,
} from '../../fixtures/bench-context.ts'
import { testModels } from '../../fixtures/models.ts'

const modelDir = await testModels()

t.test('plays streams until they are late', async t => {
  const clip = await shortClip()
  // No machine does this: a turn ends after 500 ms of silence.
  const options = { modelDir, models: ['tiny'], delayMs: 501 }
  const result = await capacitySuite(contextOf([clip], { options }))
  t.same(result.failures, [])
  const { rows, delayMs } = result.data as CapacityData
  t.equal(delayMs, 501)
  t.match(rows, [
    {
      name: 'balanced tiny',
      model: 'moonshine-tiny',
      streams: 0,
      ended: 'found',
      rounds: [{ streams: 1, carried: false }],
    },
  ])
  t.equal(rows[0]!.rounds[0]!.problem, undefined)
  t.ok(rows[0]!.rounds[0]!.final.n > 0, 'its finals came')
  t.match(result.figures, [{ id: 'capacity/balanced tiny/streams', value: 0 }])
  for (const { head, rows } of result.tables)
    t.ok(rows.every(cells => cells.length === head.length))
})

t.test('needs speech, and the local engine', async t => {
  const silent = contextOf([madeUpClip()], { options: { modelDir } })
  t.match((await capacitySuite(silent)).failures, [
    { name: 'clips', problem: /^nobody speaks in them/ },
  ])
  const other = contextOf([madeUpClip()], { options: { engines: ['openai'] } })
  const { failures, notes } = await capacitySuite(other)
  t.same(failures, [])
  t.match(notes, ['Only the local engine has a capacity to measure.'])
})
