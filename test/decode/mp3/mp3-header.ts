import t from 'tap'
import { isMp3Run, parseMp3Header } from '../../../lib/decode/mp3/mp3-frames.ts'
import { clip } from '../../fixtures/audio.ts'

const header = (hex: string) => parseMp3Header(Buffer.from(hex, 'hex'))

t.test('headers as the standards define them', async t => {
  t.same(header('fffb9064'), {
    version: 1,
    layer: 3,
    sampleRate: 44_100,
    channels: 2,
    bytes: 417,
    samples: 1152,
  })
  t.match(header('fffb92c4'), { bytes: 418, channels: 1 })
  t.match(header('fff368c4'), { version: 2, sampleRate: 16_000, samples: 576 })
  t.match(header('ffe348c4'), { version: 2.5, sampleRate: 8000 })
  t.match(header('fffda444'), { layer: 2, samples: 1152, bytes: 576 })
  t.match(header('ffffa444'), { layer: 1, samples: 384 })
})

t.test('refuses what is not a header', async t => {
  for (const hex of ['fffb', 'fefb9064', 'ff1b9064', 'ffeb9064', 'fff99064'])
    t.equal(header(hex), undefined, hex)
  t.equal(header('fffb0064'), undefined, 'free format')
  t.equal(header('fffbf064'), undefined, 'no such bit rate')
  t.equal(header('fffb9c64'), undefined, 'no such rate')
})

t.test('runs', async t => {
  const frames = clip('jfk.mp3').subarray(20)
  t.ok(isMp3Run(frames, 0, 100, false))
  t.notOk(isMp3Run(frames, 1, 2, false))
  const { bytes } = parseMp3Header(frames)!
  t.ok(isMp3Run(frames.subarray(0, bytes), 0, 3, true), 'up to the very end')
  t.notOk(isMp3Run(frames.subarray(0, bytes), 0, 3, false))
  t.notOk(isMp3Run(frames.subarray(0, bytes - 1), 0, 3, true))
})
