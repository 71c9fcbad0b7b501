import * as fc from 'fast-check'
import t from 'tap'
import { Mp3Frames } from '../../../lib/decode/mp3/mp3-frames.ts'
import { clip, portions } from '../../fixtures/audio.ts'

const bytes = clip('jfk.mp3').subarray(0, 12_000)

const run = (input: Uint8Array, size = 4096) => {
  const frames = new Mp3Frames()
  const lengths: number[] = []
  for (const part of portions(input, size))
    for (const frame of frames.push(part)) lengths.push(frame.bytes.length)
  for (const frame of frames.end()) lengths.push(frame.bytes.length)
  return { lengths, damaged: frames.damaged, truncated: frames.truncated }
}

const whole = run(bytes)

t.test('frames one after the other, the tag left out', async t => {
  const all = run(clip('jfk.mp3'))
  t.equal(all.lengths.length, 309)
  t.same([all.damaged, all.truncated], [0, false])
  t.ok(whole.truncated)
})

t.test('tags and zeros between and behind', async t => {
  const frames = clip('jfk.mp3')
  const id3v1 = Buffer.from('TAG'.padEnd(128))
  const ape = Buffer.alloc(32 + 100)
  ape.write('APETAGEX')
  ape.writeUInt32LE(100, 12)
  for (const tail of [
    id3v1,
    ape,
    Buffer.alloc(5000),
    Buffer.concat([ape, id3v1]),
  ]) {
    const { lengths, damaged } = run(Buffer.concat([frames, tail, frames]))
    t.same([lengths.length, damaged], [618, 0])
    const last = run(Buffer.concat([frames, tail]))
    t.same([last.lengths.length, last.damaged], [309, 0])
  }
})

t.test('damage, in any portions', async () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 30, max: 11_000 }),
      fc.uint8Array({ maxLength: 600, size: 'max' }),
      fc.integer({ min: 1, max: 3000 }),
      (at, noise, size) => {
        const damaged = Buffer.from(bytes)
        damaged.set(noise, at)
        const a = run(damaged, 100_000)
        const b = run(damaged, size)
        return (
          JSON.stringify(a) === JSON.stringify(b) &&
          a.lengths.length > whole.lengths.length - 12
        )
      },
    ),
    { numRuns: 60 },
  )
})
