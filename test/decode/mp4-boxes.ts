import * as fc from 'fast-check'
import t from 'tap'
import {
  Mp4DurationReader,
  isMp4Streamable,
} from '../../lib/decode/mp4-boxes.ts'
import { clip, portions } from '../fixtures/audio.ts'

const seconds = (bytes: Uint8Array, size: number) => {
  const watcher = new Mp4DurationReader()
  for (const part of portions(bytes, size)) watcher.push(part)
  return watcher.seconds
}

t.test('finds the index', async t => {
  t.equal(isMp4Streamable(clip('jfk-moov-first.mp4').subarray(0, 64)), true)
  t.equal(isMp4Streamable(clip('jfk.m4a').subarray(0, 64)), false)
  t.equal(isMp4Streamable(clip('jfk.m4a').subarray(0, 30)), undefined)
  const endless = Buffer.from('\0\0\0\0free', 'latin1')
  t.equal(isMp4Streamable(endless), undefined)
})

t.test('the length it declares, in any portions', async t => {
  for (const name of ['jfk.m4a', 'jfk-moov-first.mp4'])
    for (const size of [1, 1009, 100_000])
      t.ok(Math.abs(seconds(clip(name), size)! - 11.064) < 0.001)
})

t.test('a long box of no size hung the watcher', async t => {
  const box = Buffer.from('\0\0\0\x01free\0\0\0\0\0\0\0\0', 'latin1')
  t.equal(isMp4Streamable(box), undefined)
  t.equal(
    seconds(Buffer.concat([box, clip('jfk-moov-first.mp4')]), 700),
    11.064,
  )
})

t.test('any bytes', async () => {
  const bytes = clip('jfk-moov-first.mp4').subarray(0, 3000)
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat({ max: 2999 }), fc.nat({ max: 255 }))),
      changes => {
        const changed = Buffer.from(bytes)
        for (const [at, value] of changes) changed[at] = value
        const length = seconds(changed, 700)
        return length === undefined || length >= 0
      },
    ),
  )
})
