import * as fc from 'fast-check'
import t from 'tap'
import {
  PCM_ENCODINGS,
  PcmReader,
  bytesPerSample,
  readPcm,
  ALAW,
  MULAW,
} from '../../lib/audio/pcm.ts'

t.test('extremes of each encoding', async t => {
  const rows = [
    ['u8', [0, 128, 255], [-1, 0, 127 / 128]],
    ['s16le', [0, 0x80, 0xff, 0x7f], [-1, 32_767 / 32_768]],
    ['s16be', [0x80, 0, 0x7f, 0xff], [-1, 32_767 / 32_768]],
    ['s24le', [0, 0, 0x80, 0xff, 0xff, 0x7f], [-1, 1 - 2 ** -23]],
    ['s32le', [0, 0, 0, 0x80, 0, 0, 0, 0x40], [-1, 0.5]],
    ['f32le', [0, 0, 0, 0x40, 0, 0, 0x80, 0xbf], [2, -1]],
    ['f64le', [0, 0, 0, 0, 0, 0, 0xe0, 0x3f], [0.5]],
  ] as const
  for (const [encoding, bytes, samples] of rows)
    t.same([...readPcm(Uint8Array.from(bytes), encoding, 1)[0]!], samples)
})

t.test('separates channels at any byte offset', async t => {
  for (const offset of [0, 1, 2, 3]) {
    const bytes = Buffer.alloc(offset + 12).subarray(offset)
    for (let i = 0; i < 6; i++) bytes.writeInt16LE(i * 4096, i * 2)
    t.same(
      readPcm(bytes, 's16le', 3).map(samples => [...samples]),
      [
        [0, 0.375],
        [0.125, 0.5],
        [0.25, 0.625],
      ],
    )
  }
})

t.test('neither keeps nor changes the input', async t => {
  for (const encoding of PCM_ENCODINGS) {
    const bytes = Buffer.alloc(bytesPerSample(encoding) * 4, 0x12)
    const before = Buffer.from(bytes)
    const [samples] = readPcm(bytes, encoding, 1)
    const copy = Float32Array.from(samples!)
    t.ok(bytes.equals(before))
    bytes.fill(0)
    t.same(samples, copy)
  }
})

t.test('reads frames that span two inputs', async () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...PCM_ENCODINGS),
      fc.integer({ min: 1, max: 5 }),
      fc.array(fc.uint8Array({ maxLength: 50 })),
      (encoding, channels, portions) => {
        const reader = new PcmReader(encoding, channels)
        const got: number[] = []
        for (const portion of portions)
          got.push(...(reader.push(portion)?.[0] ?? []))
        const all = Buffer.concat(portions)
        const size = bytesPerSample(encoding) * channels
        const whole = all.subarray(0, all.length - (all.length % size))
        const expected = readPcm(whole, encoding, channels)[0]!
        return (
          reader.pending === all.length % size &&
          got.length === expected.length &&
          got.every((sample, i) => sample === expected[i])
        )
      },
    ),
  )
})

const at = (table: Float32Array, code: number) => table[code]! * 32_768

t.test('µ-law as in ITU-T G.711, table 2', async t => {
  for (const [code, value] of [
    [0x00, -32_124],
    [0x80, 32_124],
    [0x0f, -16_764],
    [0x7e, -8],
    [0xfe, 8],
    [0xff, 0],
  ] as const)
    t.equal(at(MULAW, code), value, code.toString(16))
})

t.test('A-law as in ITU-T G.711, table 1', async t => {
  for (const [code, value] of [
    [0x2a, -32_256],
    [0xaa, 32_256],
    [0x55, -8],
    [0xd5, 8],
    [0xd4, 24],
    [0x80, 5504],
  ] as const)
    t.equal(at(ALAW, code), value, code.toString(16))
})

t.test('each positive code has a negative counterpart', async t => {
  for (let code = 0; code < 128; code++) {
    if (ALAW[code] !== -ALAW[code + 128]!) t.fail(`A-law ${code}`)
    if (MULAW[code]! + MULAW[code + 128]! !== 0) t.fail(`µ-law ${code}`)
  }
})
