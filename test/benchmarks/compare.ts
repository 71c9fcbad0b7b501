import t from 'tap'
import {
  compareResults,
  comparisonTable,
  type Change,
} from '../../benchmarks/compare.ts'
import type { Figure } from '../../benchmarks/suite.ts'
import {
  figure,
  machine,
  resultsOf,
  suiteRecord,
} from '../fixtures/made-up-results.ts'

const of = (...figures: Figure[]) =>
  resultsOf(suiteRecord('latency', { figures }))

/** How a figure of 100 with a noise of 1 has changed. */
const changeTo = (value: number, rest: Partial<Figure> = {}): Change => {
  const before = figure('x', 100, rest)
  const now = figure('x', value, rest)
  return compareResults(of(before), of(now)).figures[0]!.change
}

t.test('a change counts as better or worse only beyond the noise', async t => {
  t.equal(changeTo(90), 'better')
  t.equal(changeTo(110), 'worse')
  t.equal(changeTo(90, { better: 'higher' }), 'worse')
  t.equal(changeTo(110, { better: 'higher' }), 'better')
  t.equal(changeTo(100), 'same')
  // 2 · √(2² + 2²) is 5.66
  t.equal(changeTo(105.6, { noise: 2 }), 'same')
  t.equal(changeTo(105.7, { noise: 2 }), 'worse')
  // 2 · √(1² + 1²) is 2.83: that it is beyond noise does not make it matter
  t.equal(changeTo(103), 'same', 'three percent do not matter')
  t.equal(changeTo(103.1), 'worse')
  t.equal(changeTo(100.1, { noise: 0 }), 'same')
})

t.test('the noise of both counts', async t => {
  const before = figure('x', 100, { noise: 3 })
  const now = figure('x', 110, { noise: 4 })
  const { figures } = compareResults(of(before), of(now))
  t.match(figures, [{ change: 'same', before, now }], '2 · √(3² + 4²) is 10')
})

t.test('from nothing, any change beyond noise counts', async t => {
  const lost = { unit: 'words', noise: 0 }
  const none = of(figure('x', 0, lost))
  const comparison = compareResults(none, of(figure('x', 1, lost)))
  t.match(comparison.figures, [{ change: 'worse' }])
  t.match(comparisonTable(comparison, 'old').rows, [
    ['x', '0 ± 0 words', '1 ± 0 words', '–', 'worse'],
  ])
  t.match(compareResults(none, none).figures, [{ change: 'same' }])
})

t.test('lists figures that only one run has', async t => {
  const before = of(figure('gone', 1), figure('both', 1), figure('unit', 1))
  const now = of(
    figure('new', 1),
    figure('both', 1),
    figure('unit', 1, { unit: 's' }),
  )
  const { figures } = compareResults(before, now)
  t.same(
    figures.map(({ id, unit, change }) => [id, unit, change]),
    [
      ['new', 'ms', 'now'],
      ['both', 'ms', 'same'],
      ['unit', 's', 'now'],
      ['gone', 'ms', 'before'],
      ['unit', 'ms', 'before'],
    ],
  )
})

t.test('omits suites that were not run', async t => {
  const before = resultsOf(
    suiteRecord('latency', { figures: [figure('l', 1)] }),
    suiteRecord('faults', { figures: [figure('f', 1)] }),
  )
  const now = resultsOf(
    suiteRecord('faults', { figures: [figure('f', 1)] }),
    suiteRecord('accuracy', { figures: [figure('a', 1)] }),
  )
  const { figures, warnings } = compareResults(before, now)
  t.same(
    figures.map(({ id }) => id),
    ['f', 'a'],
  )
  t.same(warnings, ['accuracy: it was not measured before.'])
})

t.test('reports a different machine and different speech', async t => {
  const speech = { clips: 6, seconds: 50, digest: 'a' }
  const measured = (cpu: string, digest: string) =>
    resultsOf(
      suiteRecord('latency', {
        machine: { ...machine, cpu, node: `v${digest}` },
        speech: { ...speech, digest },
      }),
    )
  const { warnings } = compareResults(
    measured('Z80', 'a'),
    measured('6502', 'b'),
  )
  t.match(warnings, [
    /^latency: the machines differ.* 2 × Z80 with 4 GiB before, 2 × 6502 with/,
    /^latency: the speech differs.*: 6 clips before, 6 now\.$/,
  ])
  const same = compareResults(measured('Z80', 'a'), measured('Z80', 'a'))
  t.same(same.warnings, [])
})

t.test('as a table: what is worse first, what is the same counted', async t => {
  const before = of(
    figure('fast', 200),
    figure('slow', 20.5),
    figure('even', 7),
    figure('gone', 7),
  )
  const now = of(figure('fast', 100), figure('slow', 41), figure('even', 7))
  t.same(comparisonTable(compareResults(before, now), 'old.json'), {
    title: 'Beside old.json',
    note: '1 better, 1 worse, 1 within noise. Only before: 1. After ± is twice the standard error; a change counts where it is beyond both, and more than 3 %.',
    head: ['figure', 'before', 'now', 'change', ''],
    rows: [
      ['slow', '20.5 ± 2 ms', '41 ± 2 ms', '+100.0 %', 'worse'],
      ['fast', '200 ± 2 ms', '100 ± 2 ms', '-50.0 %', 'better'],
    ],
  })
})
