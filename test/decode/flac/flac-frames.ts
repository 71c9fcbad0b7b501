import * as fc from 'fast-check'
import t from 'tap'
import { FlacFrames } from '../../../lib/decode/flac/flac-frames.ts'
import { clip, portions } from '../../fixtures/audio.ts'

const bytes = clip('jfk.flac')
const start = bytes.subarray(0, 30_000)

const run = (input: Uint8Array, size = 4096) => {
  const parser = new FlacFrames()
  const frames: [number, number, number][] = []
  for (const part of portions(input, size))
    for (const frame of parser.push(part))
      frames.push([frame.at, frame.header.samples, frame.bytes.length])
  for (const frame of parser.end())
    frames.push([frame.at, frame.header.samples, frame.bytes.length])
  const { damaged, truncated, info } = parser
  return { frames, damaged, truncated, info }
}

t.test('frames in their places', async t => {
  const { frames, damaged, truncated, info } = run(bytes)
  t.match(info, { sampleRate: 16_000, channels: 1, bitsPerSample: 16 })
  t.equal(info?.totalSamples, 176_000)
  let next = 0
  for (const [at, samples] of frames) {
    if (at !== next) t.fail(`frame at ${at}`)
    next = at + samples
  }
  t.equal(next, 176_000)
  t.same([damaged, truncated], [0, false])
})

t.test('large metadata, and a tag behind', async t => {
  const picture = Buffer.alloc(4 + 300_000, 0xff)
  picture.writeUInt32BE(0x06000000 + 300_000)
  const tag = Buffer.from('TAG'.padEnd(128))
  const { frames, damaged, truncated } = run(
    Buffer.concat([bytes.subarray(0, 42), picture, bytes.subarray(42), tag]),
  )
  t.same(frames, run(bytes).frames)
  t.equal(damaged, 0)
  t.notOk(truncated)
})

t.test('a header that is damaged', async t => {
  const broken = Buffer.from(bytes)
  broken.fill(0, 18, 22)
  const { frames, info } = run(broken)
  t.same([frames, info], [[], undefined])
})

t.test('damage costs the frames it is in, in any portions', async () => {
  const whole = run(start, 100_000).frames.map(String)
  fc.assert(
    fc.property(
      fc.integer({ min: 9000, max: 29_000 }),
      fc.uint8Array({ minLength: 1, maxLength: 600, size: 'max' }),
      fc.integer({ min: 1, max: 5000 }),
      (at, noise, size) => {
        const damaged = Buffer.from(start)
        damaged.set(noise, at)
        const a = run(damaged, 100_000)
        const b = run(damaged, size)
        return (
          JSON.stringify(a.frames) === JSON.stringify(b.frames) &&
          a.frames.length >= whole.length - 3 &&
          a.frames.every(frame => whole.includes(String(frame)))
        )
      },
    ),
    { numRuns: 60 },
  )
})

t.test('headers without end do not take for ever', async t => {
  // A frame header, over and over: none of the frames is right.
  const { frames } = run(bytes.subarray(0, 20_000))
  const at = bytes.indexOf(Buffer.from([0xff, 0xf8]))
  const header = bytes.subarray(at, at + 8)
  const bomb = Buffer.concat([
    bytes.subarray(0, at),
    ...Array.from({ length: 40_000 }, () => header),
  ])
  const found = run(bomb)
  t.ok(frames.length > 0)
  t.ok(found.frames.length < 5)
})
