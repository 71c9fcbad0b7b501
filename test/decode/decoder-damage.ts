import * as fc from 'fast-check'
import t from 'tap'
import {
  clip,
  codesOf,
  decode,
  jfk,
  jfkWav,
  pcm,
  wav,
  sameSamples,
} from '../fixtures/audio.ts'

const NOWHERE = { ffmpeg: '/nowhere/ffmpeg' }
const speech = jfk()
const CLIPS = [
  'jfk.mp3',
  'jfk.flac',
  'jfk.ogg',
  'jfk.opus',
  'jfk.webm',
] as const
const all: [string, Buffer][] = [
  ['jfk.wav', jfkWav()],
  ...CLIPS.map((name): [string, Buffer] => [name, clip(name)]),
]

t.test('half a file: half of the audio, and a warning', async t => {
  for (const [name, bytes] of all) {
    const half = bytes.subarray(0, bytes.length / 2)
    const whole = await decode(bytes)
    const result = await decode(half)
    t.equal(result.error, undefined, name)
    t.same(codesOf(result), ['VOX_TRUNCATED'], name)
    t.match(result.warnings[0]!.message, /cut short/)
    const share = result.end / whole.end
    t.ok(share > 0.4 && share < 0.65, `${name}: ${share}`)
  }
})

t.test('half a file under strict: an error when the audio is out', async t => {
  for (const [name, bytes] of all) {
    const half = bytes.subarray(0, bytes.length / 2)
    const lax = await decode(half)
    const result = await decode(half, { strict: true })
    t.equal(result.error?.code, 'VOX_TRUNCATED', name)
    t.ok(sameSamples(result.channels, lax.channels))
    t.same(result.warnings, [])
  }
})

t.test('a hole in the middle: the rest is kept in its place', async t => {
  for (const name of CLIPS) {
    const bytes = clip(name)
    const middle = bytes.length / 2
    const noise = Buffer.from(bytes)
    for (let i = 0; i < 400; i++) noise[middle + i] = (i * 167) & 0xff
    const whole = await decode(bytes)
    const result = await decode(noise, NOWHERE)
    t.equal(result.error, undefined, name)
    t.ok(codesOf(result).includes('VOX_DECODE'), name)
    t.ok(result.end > whole.end * 0.97, `${name}: ${result.end / whole.end}`)
    t.ok(result.channels[0]!.length > whole.end * 0.85, name)
    if (name === 'jfk.flac' || name === 'jfk.ogg') {
      // These tell the place of each frame or page: the end is as it was.
      const last = result.chunks.at(-1)!
      const from = last.offset
      const length = last.channels[0]!.length
      const there = whole.channels.map(c => c.subarray(from, from + length))
      t.ok(sameSamples(last.channels, there), name)
    }
    const strict = await decode(noise, { strict: true })
    t.match(strict.error?.code, /^VOX_(DECODE|TRUNCATED)$/)
    t.ok(sameSamples(strict.channels, result.channels))
  }
})

t.test('one wrong bit does not cost a page of Ogg', async t => {
  const bytes = clip('jfk.opus')
  bytes[bytes.length / 2]! ^= 4
  const result = await decode(bytes)
  t.same(codesOf(result), ['VOX_DECODE'])
  t.equal(result.channels[0]!.length, 528_000)
})

t.test('odd bytes at the end are dropped', async t => {
  const samples = speech.subarray(0, 1000)
  const raw = { encoding: 's16le', sampleRate: 16_000, channels: 2 } as const
  const bytes = pcm([samples, samples], 's16le').subarray(0, -1)
  const result = await decode(bytes, { raw })
  t.equal(result.end, 999)
  t.same(codesOf(result), ['VOX_TRUNCATED'])
  const file = await decode(wav([samples]).subarray(0, -1))
  t.equal(file.end, 999)
  t.same(codesOf(file), ['VOX_TRUNCATED'])
})

t.test('no audio at all', async t => {
  const rows: [string, Buffer, string, RegExp][] = [
    ['empty', Buffer.alloc(0), 'VOX_INPUT_EMPTY', /input is empty/],
    [
      'an empty WAV',
      wav([new Float32Array(0)]),
      'VOX_INPUT_EMPTY',
      /contains no audio/,
    ],
    ['a WAV header', jfkWav().subarray(0, 30), 'VOX_DECODE', /./],
    ['a FLAC header', clip('jfk.flac').subarray(0, 60), 'VOX_DECODE', /./],
    [
      'text',
      Buffer.from('Dear Sir,\nI am text.\n'.repeat(9)),
      'VOX_FORMAT_UNKNOWN',
      /looks like text.*--raw/,
    ],
    ['one letter', Buffer.from('x'), 'VOX_FORMAT_UNKNOWN', /looks like text/],
    ['zeros', Buffer.alloc(100_000), 'VOX_FORMAT_UNKNOWN', /no known format/],
    [
      'a picture',
      Buffer.from('\x89PNG\r\n\x1a\n'.padEnd(99, '\0'), 'latin1'),
      'VOX_FORMAT_UNKNOWN',
      /PNG/,
    ],
    [
      'a tag',
      Buffer.from('ID3\x04\0\0\0\0\0\x20'.padEnd(42, '\0')),
      'VOX_INPUT_EMPTY',
      /ID3/,
    ],
  ]
  for (const [name, bytes, code, message] of rows) {
    const { error, chunks } = await decode(bytes, NOWHERE)
    t.equal(error?.code, code, name)
    t.match(error?.message, message, name)
    t.notMatch(error?.message, /\n|Dear/)
    t.same(chunks, [])
  }
})

t.test('impossible WAV headers', async t => {
  for (const [at, value] of [
    [22, 0],
    [22, 65_535],
    [24, 0],
  ] as const) {
    const bytes = Buffer.from(jfkWav())
    bytes.writeUInt32LE(value, at)
    t.equal((await decode(bytes)).error?.code, 'VOX_DECODE', `${at} ${value}`)
  }
})

const sane = async (bytes: Buffer): Promise<boolean> => {
  const { chunks, error } = await decode(bytes, NOWHERE)
  let next = 0
  for (const { offset, channels } of chunks) {
    if (offset < next) return false
    next = offset + channels[0]!.length
  }
  return error === undefined || (error.code ?? '').startsWith('VOX_')
}

t.test('survives any bytes after a valid header', async () => {
  const heads = [
    ...all.map(([, bytes]) => bytes.subarray(0, 60)),
    Buffer.alloc(0),
  ]
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...heads),
      fc.nat({ max: 60 }),
      fc.uint8Array({ maxLength: 20_000, size: 'max' }),
      (head, kept, tail) => sane(Buffer.concat([head.subarray(0, kept), tail])),
    ),
    { numRuns: 60 },
  )
})

t.test('wrong bits, missing and doubled pieces', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...all.map(([, bytes]) => bytes)),
      fc.array(fc.tuple(fc.nat(), fc.nat({ max: 7 })), { maxLength: 20 }),
      fc.nat(),
      fc.nat({ max: 5000 }),
      fc.constantFrom('remove', 'repeat', 'cut'),
      (clean, flips, place, length, kind) => {
        const bytes = Buffer.from(clean)
        for (const [at, bit] of flips) bytes[at % bytes.length]! ^= 1 << bit
        const at = place % bytes.length
        const head = bytes.subarray(0, at)
        const tail = bytes.subarray(at)
        if (kind === 'cut') return sane(head)
        if (kind === 'remove')
          return sane(Buffer.concat([head, tail.subarray(length)]))
        return sane(Buffer.concat([head, tail.subarray(0, length), tail]))
      },
    ),
    { numRuns: 40 },
  )
})
