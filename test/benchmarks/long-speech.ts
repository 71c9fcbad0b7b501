import t from 'tap'
import { longSpeech } from '../../benchmarks/throughput/speech.ts'

t.test('clips come again and again, each with a pause', async t => {
  const a = { samples: new Float32Array(16_000).fill(1), text: 'a' }
  const b = { samples: new Float32Array(8_000).fill(2), text: 'b' }
  const { samples, text } = longSpeech([a, b], 4)
  t.equal(text, 'a b a')
  t.equal(samples.length, 16_000 + 8_000 + 16_000 + 3 * 12_800)
  t.equal(samples[15_999], 1)
  t.equal(samples[16_000], 0)
  t.equal(samples[28_800], 2)
})
