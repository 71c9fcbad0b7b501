import t from 'tap'
import { loadClips } from '../../../benchmarks/clips.ts'
import {
  findSpeech,
  stretchesOf,
} from '../../../benchmarks/latency/find-speech.ts'
import { distributionOf } from '../../../benchmarks/statistics.ts'
import { never } from '../../fixtures/bench-context.ts'
import { testModels } from '../../fixtures/models.ts'

const frames = (...runs: readonly [count: number, probability: number][]) =>
  runs.flatMap(([count, probability]) =>
    Array.from({ length: count }, () => probability),
  )

t.test('joins speech across short pauses, and drops clicks', async t => {
  t.same(stretchesOf([]), [])
  t.same(stretchesOf(frames([50, 0.59])), [])
  const speech = frames([10, 0], [20, 0.9], [6, 0.1], [10, 0.9], [20, 0])
  t.same(stretchesOf(speech), [{ start: 320, end: 46 * 32 }])
  const pause = frames([20, 0.9], [7, 0.1], [10, 0.9])
  t.same(stretchesOf(pause), [
    { start: 0, end: 640 },
    { start: 27 * 32, end: 37 * 32 },
  ])
  t.same(stretchesOf(frames([10, 0], [2, 0.9], [10, 0])), [])
})

t.test('agrees with the alignments of real clips', async t => {
  const options = { modelDir: await testModels(), signal: never }
  const clips = await loadClips({ signal: never })
  const speech = await findSpeech(clips, options)
  const off = clips.flatMap(({ words = [] }, i) => [
    Math.abs(speech[i]!.at(0)!.start - words.at(0)!.start),
    Math.abs(speech[i]!.at(-1)!.end - words.at(-1)!.end),
  ])
  t.ok(distributionOf(off).p50! <= 100, `median of ${off.join(', ')}`)
  const silence = { samples: new Float32Array(32_000) }
  t.same(await findSpeech([silence], options), [[]])
})
