import t from 'tap'
import type { CapacityData } from '../../../benchmarks/capacity/capacity-suite.ts'
import { latencyAnswer } from '../../../benchmarks/latency/latency-answer.ts'
import type { LatencyData } from '../../../benchmarks/latency/latency-data.ts'
import { distributionOf } from '../../../benchmarks/statistics.ts'
import type { Results } from '../../../benchmarks/results.ts'
import { reportResults } from '../../fixtures/report-results.ts'

const suiteOf = (wanted: string) =>
  reportResults.suites.find(({ name }) => name === wanted)!
const latency = suiteOf('latency')
const data = latency.data as LatencyData
const row = data.rows.find(({ name }) => name === 'balanced base')!

const none = distributionOf([])
const figures = {
  ...row.figures,
  wordToDelta: distributionOf([270]),
  onsetToPartial: distributionOf([912]),
  endToFinal: distributionOf([684]),
  deltaErrors: { ...row.figures.deltaErrors, rate: 0.03 },
}

const answer = (
  changed: Partial<typeof row>,
  capacity?: Partial<CapacityData['rows'][number]>,
) => {
  const own: LatencyData = {
    ...data,
    rows: [{ ...row, figures, ...changed }],
  }
  const found = suiteOf('capacity')
  const rows = (found.data as CapacityData).rows.map(one => ({
    ...one,
    ...capacity,
  }))
  const results: Results = {
    ...reportResults,
    suites: [
      { ...latency, data: own },
      ...(capacity ? [{ ...found, data: { delayMs: 1_500, rows } }] : []),
    ],
  }
  return latencyAnswer(results)!
}

t.test('says when words come if the times of words are known', async t => {
  const { sentence, streams } = answer({}, {})
  t.equal(
    sentence,
    'balanced, base: words come 0.27 s after they are spoken, 3 in 100 are corrected; this machine carries 11 such streams.',
  )
  t.match(streams, /^Streams: found by playing .* within 1\.5 s after speech/)
})

t.test('says when text and finals come if they are not', async t => {
  const { sentence } = answer(
    { figures: { ...figures, wordToDelta: none } },
    {},
  )
  t.equal(
    sentence,
    'balanced, base: first words come 0.91 s after speech begins, the final 0.68 s after it ends, of the words 3 in 100 are corrected; this machine carries 11 such streams.',
  )
})

t.test('estimates streams from processor time if none were played', async t => {
  // Nine tenths of two cores, at 0.3 s a second.
  const { sentence, streams } = answer({ cpuPerAudio: 0.3 })
  t.match(sentence, /this machine carries about 6 such streams\.$/)
  t.match(streams, /^Streams: estimated .* takes 0\.30 s .* voxpipe bench cap/)
  t.match(answer({ cpuPerAudio: 9 }).sentence, /carries about 1 such stream\.$/)
})

t.test('says what a search left open', async t => {
  const at = (streams: number, ended: 'found' | 'time') =>
    answer({}, { streams, ended }).sentence
  t.match(at(8, 'time'), /carries at least 8 such streams\.$/)
  t.match(at(1, 'found'), /carries 1 such stream\.$/)
  t.match(at(0, 'found'), /does not carry one such stream\.$/)
})

t.test('counts corrections in words of a reader', async t => {
  const at = (rate: number) =>
    answer({
      figures: { ...figures, deltaErrors: { ...figures.deltaErrors, rate } },
    }).sentence
  t.match(at(0), /spoken, none is corrected;/)
  t.match(at(0.004), /spoken, fewer than 1 in 100 are corrected;/)
  t.match(at(0.01), /spoken, 1 in 100 is corrected;/)
})

t.test('speaks of no streams where this machine is not the limit', async t => {
  const { sentence, streams } = answer({
    name: 'a service',
    engine: 'a service',
  })
  t.match(sentence, /words come .* corrected\.$/)
  t.equal(streams, '')
})

t.test('needs latency to have been measured', async t => {
  const suites = [suiteOf('accuracy')]
  t.equal(latencyAnswer({ ...reportResults, suites }), undefined)
})
