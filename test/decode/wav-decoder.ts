import * as fc from 'fast-check'
import t from 'tap'
import {
  WavParser,
  parseWavFormat,
  peekWavFormat,
} from '../../lib/decode/wav-decoder.ts'
import { pcm, portions, riffChunk, wav } from '../fixtures/audio.ts'

const samples = Float32Array.from({ length: 100 }, (_, i) => i / 100)

t.test('the samples, in any portions', async () => {
  const rows = [
    wav([samples]),
    wav([samples], { rf64: true }),
    wav([samples], { before: riffChunk('LIST', Buffer.alloc(77)) }),
    Buffer.concat([wav([samples]), riffChunk('LIST', Buffer.alloc(9))]),
  ]
  fc.assert(
    fc.property(
      fc.constantFrom(...rows),
      fc.integer({ min: 1, max: 400 }),
      (bytes, size) => {
        const parser = new WavParser()
        const parts = [...portions(bytes, size)].map(part =>
          Buffer.from(parser.push(part)),
        )
        return (
          Buffer.concat(parts).equals(pcm([samples], 's16le')) &&
          parser.complete &&
          parser.declaredFrames === 100
        )
      },
    ),
  )
})

t.test('lengths that are not known', async t => {
  for (const dataSize of [0, 2 ** 32 - 1, 0x7ffff000, 0x80000000]) {
    const parser = new WavParser()
    parser.push(wav([samples], { dataSize, riffSize: 0 }))
    t.equal(parser.declaredFrames, undefined)
    t.notOk(parser.complete)
  }
})

t.test('what a format says', async t => {
  const format = (
    tag: number,
    channels: number,
    align: number,
    bits: number,
  ) => {
    const body = Buffer.alloc(16)
    body.writeUInt16LE(tag, 0)
    body.writeUInt16LE(channels, 2)
    body.writeUInt32LE(8000, 4)
    body.writeUInt16LE(align, 12)
    body.writeUInt16LE(bits, 14)
    return parseWavFormat(body).encoding
  }
  t.equal(format(1, 2, 8, 24), 's32le', '24 bits in 4 bytes')
  t.equal(format(1, 1, 3, 20), 's24le', '20 bits in 3 bytes')
  t.equal(format(1, 1, 0, 16), 's16le', 'no alignment')
  t.equal(format(2, 1, 256, 4), undefined, 'ADPCM')
  t.equal(format(0x55, 2, 1, 0), undefined, 'MP3 in WAV')
  t.throws(() => parseWavFormat(Buffer.alloc(4)), { code: 'VOX_DECODE' })
  t.throws(() => format(1, 65, 130, 16), { code: 'VOX_DECODE' })
})

t.test('detects the format', async t => {
  const bytes = wav([samples], { before: riffChunk('LIST', Buffer.alloc(77)) })
  t.equal(peekWavFormat(bytes.subarray(0, 30)), undefined)
  t.match(peekWavFormat(bytes), { encoding: 's16le', channels: 1 })
})
