import t from 'tap'
import { clip, codesOf, decode, sameSamples } from '../../fixtures/audio.ts'
import {
  lacingOf,
  oggPage,
  opusPackets,
  paged,
} from '../../fixtures/containers.ts'

const [head, tags, ...audio] = opusPackets()
const NOWHERE = { ffmpeg: '/nowhere/ffmpeg' }
const reference = await decode(clip('jfk.opus'))

const withGranules = (packets: readonly Buffer[], start = 0) =>
  packets.map((bytes, i) => ({ bytes, granule: start + (i + 1) * 960 }))

const headers = (serial = 1): Buffer =>
  Buffer.concat([
    oggPage({ body: head!, lacing: [19], granule: 0, flags: 2, serial }),
    oggPage({
      body: tags!,
      lacing: lacingOf(tags!.length),
      granule: 0,
      serial,
      sequence: 1,
    }),
  ])

const opus = (segments: number, start = 0): Buffer =>
  Buffer.concat([
    headers(),
    paged(withGranules(audio, start), segments, { sequence: 2, serial: 1 }),
  ])

const total = audio.length * 960 - 312

const startsAs = async (bytes: Buffer): Promise<boolean> => {
  const { channels } = await decode(bytes, NOWHERE)
  return sameSamples(
    channels.map(c => c.subarray(0, 528_000)),
    reference.channels,
  )
}

t.test('packets across pages, as many as may be', async t => {
  // Packets of up to 1,000 bytes: their padding makes them straddle.
  const long = audio.map(packet =>
    (packet[0]! & 3) === 0
      ? Buffer.concat([
          Buffer.from([packet[0]! | 3, 0x41, 255, 255, 255, 100]),
          packet.subarray(1),
          Buffer.alloc(3 * 254 + 100),
        ])
      : packet,
  )
  for (const segments of [1, 2, 3, 7, 200]) {
    const bytes = Buffer.concat([
      headers(),
      paged(withGranules(long), segments, { sequence: 2, serial: 1 }),
    ])
    const { channels, warnings, error } = await decode(bytes, NOWHERE)
    t.same([error, warnings], [undefined, []], `${segments} segments`)
    t.equal(channels[0]!.length, total)
    t.ok(await startsAs(bytes))
  }
})

t.test('a recording that starts late starts at 0', async t => {
  const { end, chunks } = await decode(opus(50, 960 * 5000), NOWHERE)
  t.equal(chunks[0]!.offset, 0)
  t.equal(end, total)
})

t.test('the granule position of the last page cuts the end', async t => {
  const packets = withGranules(audio.slice(0, 10))
  packets.at(-1)!.granule -= 500
  const bytes = Buffer.concat([
    headers(),
    paged(packets, 100, { sequence: 2, serial: 1 }),
  ])
  t.equal((await decode(bytes, NOWHERE)).end, 9600 - 312 - 500)
})

t.test(
  'a lost page leaves a gap, and the packets it cut are dropped',
  async t => {
    const pages = Array.from({ length: 11 }, (_, i) => {
      const part = withGranules(audio.slice(i * 50, i * 50 + 50), i * 48_000)
      return paged(part, 255, { sequence: 2 + i, serial: 1 })
    })
    pages.splice(4, 1)
    for (const page of pages.slice(0, -1)) page[5] = 0
    // The flags have changed: so must the checksums.
    const bytes = Buffer.concat([headers(), ...pages.map(page => seal(page))])
    const result = await decode(bytes, NOWHERE)
    t.same(codesOf(result), ['VOX_DECODE'])
    t.equal(result.end, 550 * 960 - 312)
    t.equal(result.channels[0]!.length, 500 * 960 - 312)
  },
)

const seal = (page: Buffer): Buffer => {
  const lacing = [...page.subarray(27, 27 + page[26]!)]
  return oggPage({
    body: page.subarray(27 + lacing.length),
    lacing,
    granule: Number(page.readBigInt64LE(6)),
    flags: page[5]!,
    serial: page.readUInt32LE(14),
    sequence: page.readUInt32LE(18),
  })
}

t.test('links of a chain follow each other', async t => {
  for (const name of ['jfk.opus', 'jfk.ogg']) {
    const one = await decode(clip(name))
    const two = await decode(Buffer.concat([clip(name), clip(name)]))
    t.same([two.error, two.warnings], [undefined, []], name)
    t.equal(two.end, 2 * one.end)
    const second = two.channels.map(c => c.subarray(one.end))
    t.ok(sameSamples(second, one.channels))
  }
})

t.test('a link of another format ends it, said out loud', async t => {
  const result = await decode(
    Buffer.concat([clip('jfk.ogg'), clip('jfk.opus')]),
  )
  t.equal(result.end, 176_000)
  t.same(codesOf(result), ['VOX_TRUNCATED'])
  t.match(result.warnings[0]!.message, /change of rate/)
})

t.test('streams side by side: the one with sound is taken', async t => {
  const other = (flags: number, sequence: number) =>
    oggPage({
      body: Buffer.from('\x80theora---------', 'latin1'),
      lacing: [16],
      granule: 0,
      flags,
      serial: 9,
      sequence,
    })
  const bytes = Buffer.concat([other(2, 0), opus(50), other(4, 1)])
  t.equal((await decode(bytes, NOWHERE)).end, total)
  const alone = await decode(Buffer.concat([other(2, 0), other(4, 1)]), NOWHERE)
  t.match(alone.error, { code: 'VOX_FFMPEG_MISSING' })
})

t.test('tags with a picture in them, larger than a page', async t => {
  const big = Buffer.concat([tags!, Buffer.alloc(200_000)])
  const start = oggPage({ body: head!, lacing: [19], granule: 0, flags: 2 })
  const packets = [{ bytes: big, granule: 0 }, ...withGranules(audio)]
  const bytes = Buffer.concat([
    start,
    paged(packets, 255, { sequence: 1, serial: 1 }),
  ])
  const { channels, error } = await decode(bytes, NOWHERE)
  t.equal(error, undefined)
  t.equal(channels[0]!.length, total)
})

t.test('the gain of the head is applied', async t => {
  const louder = Buffer.from(head!)
  louder.writeInt16LE(6 * 256, 16)
  const bytes = Buffer.concat([
    oggPage({ body: louder, lacing: [19], granule: 0, flags: 2 }),
    opus(50).subarray(47),
  ])
  const { channels } = await decode(bytes, NOWHERE)
  const at = reference.channels[0]!.findIndex(x => Math.abs(x) > 0.1)
  const ratio = channels[0]![at]! / reference.channels[0]![at]!
  t.ok(Math.abs(20 * Math.log10(ratio) - 6) < 0.01, `${ratio}`)
})
