import t from 'tap'
import { createResampler } from '../../lib/audio/create-resampler.ts'

const second = Float32Array.from({ length: 8_000 }, (_, i) => Math.sin(i / 9))

t.test('each engine gives a second for a second', async t => {
  for (const engine of [undefined, 'polyphase-js', 'wave-resampler'] as const) {
    const resampler = createResampler({
      from: 8_000,
      to: 16_000,
      ...(engine && { engine }),
    })
    resampler.start(0)
    const parts = [...resampler.push([second]), ...resampler.end()]
    const frames = parts.reduce((sum, part) => sum + part.length, 0)
    t.equal(frames, 16_000, engine ?? 'the default')
  }
})

t.test('refuses what it cannot do', async t => {
  const usual = { from: 8_000, to: 16_000 }
  for (const wrong of [
    { from: 0 },
    { to: 16_000.5 },
    { channels: 0 },
    { engine: 'soxr' as 'polyphase' },
  ])
    t.throws(() => createResampler({ ...usual, ...wrong }), {
      code: 'VOX_OPTION',
    })
})
