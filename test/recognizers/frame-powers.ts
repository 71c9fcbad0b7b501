import t from 'tap'
import { framePowers } from '../../lib/recognizers/audio-run.ts'

t.test('the mean square of each 32 ms', async t => {
  t.same(framePowers(new Float32Array(0)), [])
  const samples = new Float32Array(3 * 512)
  samples.fill(0.5, 512, 1_024)
  samples.fill(-1, 1_024, 1_024 + 128)
  t.same(framePowers(samples), [0, 0.25, 0.25])
})
