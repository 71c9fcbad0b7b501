import fc from 'fast-check'
import t from 'tap'
import { SampleBuffer } from '../../lib/recognizers/audio-run.ts'

t.test('any stretch that was not dropped can be had', async () => {
  const lengths = fc.array(fc.nat(20_000), { minLength: 1, maxLength: 20 })
  fc.assert(
    fc.property(lengths, fc.nat(), (sizes, seed) => {
      const buffer = new SampleBuffer()
      let dropped = 0
      for (const [i, size] of sizes.entries()) {
        const start = buffer.end
        buffer.append(Float32Array.from({ length: size }, (_, k) => start + k))
        dropped = Math.max(dropped, (seed * (i + 1)) % (buffer.end + 1))
        buffer.dropBefore(dropped)
        const from = dropped + Math.floor((buffer.end - dropped) / 3)
        const got = buffer.slice(from, buffer.end)
        if (got.length !== buffer.end - from) return false
        if (got.some((value, k) => value !== from + k)) return false
      }
      return true
    }),
    { numRuns: 30 },
  )
})
