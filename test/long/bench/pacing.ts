import t from 'tap'
import pacingCase, {
  pacingOf,
} from '../../../benchmarks/latency/pacing-case.ts'
import { pacingVerdict } from '../../../benchmarks/latency/latency-figures.ts'
import { never, shortClip } from '../../fixtures/bench-context.ts'
import { benchRecognizer } from '../../fixtures/bench-recognizer.ts'

t.test('separates drift from jitter', async t => {
  const steady = Array.from({ length: 1_000 }, (_, i) => (i % 7 ? 1 : 90))
  const kept = pacingOf(steady, 1)
  t.equal(kept.driftMs, 0)
  t.match(kept.lateness, { p50: 1, max: 90, n: 1_000 })
  t.match(pacingVerdict(kept), { measured: '0.00', met: true })
  const drifting = pacingOf(
    steady.map((ms, i) => ms + i * 0.01),
    10,
  )
  t.equal(Math.round(drifting.driftMs), 9)
  t.match(pacingVerdict(drifting), {
    name: 'pacing drift over 10 minutes, ms',
    met: false,
  })
})

t.test('while the engine works', async t => {
  const clip = await shortClip()
  const { lateness } = await pacingCase(
    { clips: [clip], minutes: 0.1, recognizer: benchRecognizer },
    { signal: never },
  )
  t.equal(lateness.n, 120)
})
