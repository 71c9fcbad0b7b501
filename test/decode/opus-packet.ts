import { createRequire } from 'node:module'
import t from 'tap'
import {
  OpusPacketDecoder,
  opusPacketSamples,
  parseOpusHead,
} from '../../lib/decode/opus-decoder.ts'

const samples = (...bytes: number[]) =>
  opusPacketSamples(Uint8Array.from(bytes))

t.test('length by configuration and number of frames', async t => {
  t.equal(samples(0xfc, 1, 2), 960, 'CELT 20 ms')
  t.equal(samples(0xe0, 1), 120, 'CELT 2.5 ms')
  t.equal(samples(0x08, 1), 960, 'SILK 20 ms')
  t.equal(samples(0x18, 1), 2880, 'SILK 60 ms')
  t.equal(samples(0x60, 1), 480, 'hybrid 10 ms')
  t.equal(samples(0xfd, 1, 2), 1920, 'two of one size')
  t.equal(samples(0xfe, 1, 9, 9), 1920, 'two of their own size')
  t.equal(samples(0xff, 3, 1, 2, 3), 2880, 'three of one size')
  t.equal(samples(0xff, 0x83, 1, 1, 7, 7, 7), 2880, 'three of their own')
  t.equal(samples(0xff, 0x42, 2, 5, 5, 0, 0), 1920, 'padded')
  t.equal(samples(0xfc), 960, 'nothing sent')
})

t.test('packets that break the rules', async t => {
  t.equal(samples(), undefined)
  t.equal(samples(0xfd, 1, 2, 3), undefined, 'two halves of three bytes')
  t.equal(samples(0xfe, 9, 1), undefined, 'first longer than all')
  t.equal(samples(0xff), undefined, 'no count')
  t.equal(samples(0xff, 0), undefined, 'no frames')
  t.equal(samples(0xff, 7, 1), undefined, 'over 120 ms')
  t.equal(samples(0xff, 0x41, 9), undefined, 'padding beyond the end')
  t.equal(samples(0xff, 0x82, 9, 1), undefined, 'lengths beyond the end')
  t.equal(opusPacketSamples(new Uint8Array(1278).fill(0xfc)), undefined)
})

const head = (...bytes: number[]): Uint8Array =>
  Buffer.concat([Buffer.from('OpusHead'), Uint8Array.from(bytes)])

t.test('heads', async t => {
  t.match(parseOpusHead(head(1, 2, 0x38, 1, 0, 0, 0, 0, 0, 0, 0)), {
    channels: 2,
    preSkip: 312,
    gain: 1,
    streams: 1,
    coupled: 1,
  })
  const surround = [1, 3, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 1, 0, 2, 1]
  t.match(parseOpusHead(head(...surround)), { streams: 2, mapping: [0, 2, 1] })
  for (const bytes of [
    [1, 2, 0, 0],
    [0x21, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    [1, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    surround.slice(0, -1),
    [...surround.slice(0, -1), 9],
    surround.with(11, 0),
  ])
    t.equal(parseOpusHead(head(...bytes)), undefined)
})

type OpusEncoder = {
  encode(pcm: Buffer, frames: number): Buffer
  delete(): void
}
const OpusScript = createRequire(import.meta.url)('opusscript') as new (
  sampleRate: number,
  channels: number,
) => OpusEncoder

/** 20 ms packets of stereo with a tone on the left and silence on the right. */
const leftOnly = (count: number): Buffer[] => {
  const encoder = new OpusScript(48_000, 2)
  const packets = Array.from({ length: count }, (_, packet) => {
    const pcm = new Int16Array(2 * 960)
    for (let i = 0; i < 960; i++)
      pcm[2 * i] = 12_000 * Math.sin((packet * 960 + i) * 0.06)
    return Buffer.from(encoder.encode(Buffer.from(pcm.buffer), 960))
  })
  encoder.delete()
  return packets
}

t.test('left stays left', async t => {
  const stereo = parseOpusHead(head(1, 2, 0x38, 1, 0, 0, 0, 0, 0, 0, 0))!
  const decoder = await OpusPacketDecoder.open(stereo, 'Ogg Opus')
  t.teardown(() => decoder.free())
  const { channels } = decoder.decode(leftOnly(10))
  const [left, right] = channels.map(samples =>
    Math.sqrt(samples.reduce((sum, x) => sum + x * x, 0) / samples.length),
  )
  t.ok(left! > 0.2, `left has the tone: RMS ${left}`)
  t.ok(right! < 0.02, `right is silent: RMS ${right}`)
})
