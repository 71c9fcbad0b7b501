import fc from 'fast-check'
import t from 'tap'
import { readPcm } from '../../lib/audio/pcm.ts'
import { WavParser } from '../../lib/decode/wav-decoder.ts'
import { s16Bytes, wavBytes, wavHeader } from '../../lib/audio/wav-writer.ts'

t.test('16-bit samples come back bit for bit', async t => {
  const samples = fc.array(fc.integer({ min: -32_768, max: 32_767 }))
  fc.assert(
    fc.property(samples, fc.integer({ min: 1, max: 192_000 }), (s16, rate) => {
      const bytes = s16Bytes(Float32Array.from(s16, value => value / 32_768))
      const parser = new WavParser()
      parser.push(wavHeader(rate, s16.length))
      t.same(parser.format, {
        tag: 1,
        encoding: 's16le',
        sampleRate: rate,
        channels: 1,
      })
      t.equal(parser.declaredFrames, s16.length || undefined)
      const [read] = readPcm(parser.push(bytes), 's16le', 1)
      t.same(
        [...read!].map(value => Math.round(value * 32_768)),
        s16,
      )
    }),
    { numRuns: 50 },
  )
})

t.test('samples beyond full scale are clipped', async t => {
  const bytes = s16Bytes(new Float32Array([1, 2, -1, -2, 0.5]))
  const s16 = Array.from({ length: 5 }, (_, i) =>
    Buffer.from(bytes).readInt16LE(2 * i),
  )
  t.same(s16, [32_767, 32_767, -32_768, -32_768, 16_384])
})

t.test('the header states the channel count', async t => {
  const parser = new WavParser()
  parser.push(wavHeader(48_000, 3, 2))
  t.match(parser.format, { sampleRate: 48_000, channels: 2 })
  t.equal(parser.declaredFrames, 3)
})

t.test('a file has the samples of all channels in turn', async t => {
  const left = Float32Array.of(0, 0.5)
  const right = Float32Array.of(-0.5, 1)
  const bytes = wavBytes({ sampleRate: 8_000, channels: [left, right] })
  t.same([...bytes.subarray(0, 44)], [...wavHeader(8_000, 2, 2)])
  const view = Buffer.from(bytes.subarray(44))
  t.same(
    Array.from({ length: 4 }, (_, i) => view.readInt16LE(2 * i)),
    [0, -16_384, 16_384, 32_767],
  )
  t.equal(wavBytes({ sampleRate: 8_000, channels: [] }).length, 44)
})
