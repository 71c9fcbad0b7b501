import t from 'tap'
import { EBML_ID } from '../../../lib/decode/webm/webm-header.ts'
import { clip, codesOf, decode, sameSamples } from '../../fixtures/audio.ts'
import { element, opusPackets } from '../../fixtures/containers.ts'

const [head, , ...packets] = opusPackets()
const NOWHERE = { ffmpeg: '/nowhere/ffmpeg' }
const reference = await decode(clip('jfk.opus'))

type Shape = {
  /** Frames in a block. */
  laced?: number
  lacing?: 'xiph' | 'ebml' | 'fixed'
  group?: boolean
  sized?: boolean
  durationMs?: number
  tracks?: Buffer
  /** Blocks of another track between ours. */
  video?: boolean
  discardNs?: number
  clusters?: number
  /** Clusters to leave out. */
  without?: number[]
}

const track = (codec: string, number = 1, type = 2): Buffer =>
  element(
    EBML_ID.TrackEntry,
    Buffer.concat([
      element(EBML_ID.TrackNumber, number),
      element(EBML_ID.TrackType, type),
      element(EBML_ID.CodecID, Buffer.from(codec)),
      element(EBML_ID.CodecPrivate, head!),
    ]),
  )

const vint4 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value + 0x10000000)
  return bytes
}

const laces = (frames: readonly Buffer[], lacing: Shape['lacing']): Buffer => {
  if (frames.length === 1) return frames[0]!
  const sizes = frames.map(frame => frame.length)
  const count = Buffer.from([frames.length - 1])
  const told = sizes.slice(0, -1).flatMap((size, i) => {
    if (lacing === 'xiph')
      return Buffer.from([
        ...Array(Math.floor(size / 255)).fill(255),
        size % 255,
      ])
    if (lacing === 'fixed') return []
    return i === 0 ? vint4(size) : vint4(size - sizes[i - 1]! + 2 ** 27 - 1)
  })
  return Buffer.concat([count, ...told, ...frames])
}

const FLAGS = { xiph: 2, ebml: 6, fixed: 4 }

const block = (frames: readonly Buffer[], ms: number, shape: Shape): Buffer => {
  const { lacing = 'xiph', group, discardNs = 0 } = shape
  const start = Buffer.from([0x81, ms >> 8, ms & 0xff, 0])
  if (frames.length > 1) start[3] = FLAGS[lacing]
  const body = Buffer.concat([start, laces(frames, lacing)])
  if (!group) return element(EBML_ID.SimpleBlock, body)
  const padding = element(EBML_ID.DiscardPadding, discardNs)
  return element(
    EBML_ID.BlockGroup,
    Buffer.concat([
      element(EBML_ID.Block, body),
      ...(discardNs ? [padding] : []),
    ]),
  )
}

const webm = (audio: readonly Buffer[], shape: Shape = {}): Buffer => {
  const { laced = 1, sized = true, clusters = 4, without = [] } = shape
  const double = Buffer.alloc(8)
  double.writeDoubleBE(shape.durationMs ?? 0)
  const parts = [
    element(EBML_ID.Info, element(EBML_ID.Duration, double)),
    element(EBML_ID.Tracks, shape.tracks ?? track('A_OPUS')),
  ]
  const each = Math.ceil(audio.length / clusters)
  for (let c = 0; c < clusters; c++) {
    const ours = audio.slice(c * each, (c + 1) * each)
    const blocks = [element(EBML_ID.Timestamp, c * each * 20)]
    for (let i = 0; i < ours.length; i += laced) {
      blocks.push(block(ours.slice(i, i + laced), i * 20, shape))
      if (shape.video)
        blocks.push(
          element(
            EBML_ID.SimpleBlock,
            Buffer.concat([
              Buffer.from([0x82, 0, 0, 0]),
              Buffer.alloc(70_000, 0xa3),
            ]),
          ),
        )
    }
    if (!without.includes(c))
      parts.push(element(EBML_ID.Cluster, Buffer.concat(blocks), sized))
  }
  return Buffer.concat([
    element(EBML_ID.EBML, Buffer.alloc(3)),
    element(EBML_ID.Segment, Buffer.concat(parts), sized),
  ])
}

const total = 551 * 960 - 312

t.test('blocks of every kind give the same audio', async t => {
  const shapes: Shape[] = [
    {},
    { sized: false },
    { group: true },
    { group: true, sized: false, laced: 3, lacing: 'ebml' },
    { laced: 4, lacing: 'xiph' },
    { laced: 5, lacing: 'ebml' },
    { video: true, clusters: 60 },
  ]
  for (const shape of shapes) {
    const name = JSON.stringify(shape)
    const { channels, error, warnings } = await decode(
      webm(packets, shape),
      NOWHERE,
    )
    t.equal(error, undefined, name)
    t.same(warnings, [], name)
    t.equal(channels[0]!.length, total, name)
    const same = channels.map(c => c.subarray(0, 528_000))
    t.ok(sameSamples(same, reference.channels), name)
  }
})

t.test('fixed lacing', async t => {
  const longest = Math.max(...packets.map(packet => packet.length))
  // A packet of code 3 may be padded to any length.
  const padded = packets.map(packet => {
    const frame = packet.subarray(1)
    const fill = longest + 8 - frame.length
    const toc = Buffer.from([packet[0]! | 3, 0x41])
    const pads = Buffer.from([
      ...Array(Math.floor(fill / 255)).fill(255),
      fill % 255,
    ])
    const zeros = Buffer.alloc(fill - Math.floor(fill / 255))
    return Buffer.concat([toc, pads, frame, zeros])
  })
  const lengths = new Set(padded.map(packet => packet.length))
  if (lengths.size > 1 || packets.some(packet => (packet[0]! & 3) !== 0))
    return t.pass('the clip has packets of another kind')
  const bytes = webm(padded, { laced: 6, lacing: 'fixed' })
  const { channels } = await decode(bytes, NOWHERE)
  const same = channels.map(c => c.subarray(0, 528_000))
  t.ok(sameSamples(same, reference.channels))
})

t.test('DiscardPadding cuts the end of its block', async t => {
  const { channels } = await decode(
    webm(packets.slice(0, 10), { group: true, discardNs: 10e6, clusters: 1 }),
    NOWHERE,
  )
  t.equal(channels[0]!.length, 10 * 480 - 312)
})

t.test('the declared length', async t => {
  const bytes = webm(packets.slice(0, 100), { durationMs: 11_000 })
  const result = await decode(bytes, NOWHERE)
  t.equal(result.format?.durationMs, 11_000)
  t.same(codesOf(result), ['VOX_TRUNCATED'])
  t.match(result.warnings[0]!.message, /declares 11.00 s, and 1.99 s/)
})

t.test('a lost cluster leaves a gap of its length', async t => {
  const bytes = webm(packets, { without: [1] })
  const { chunks, end } = await decode(bytes, NOWHERE)
  t.equal(end, total)
  const gaps = chunks.filter(
    (chunk, i) =>
      i > 0 &&
      chunk.offset !==
        chunks[i - 1]!.offset + chunks[i - 1]!.channels[0]!.length,
  )
  t.equal(gaps.length, 1)
  t.equal(gaps[0]!.offset, 2 * 138 * 960 - 312)
})

t.test('other tracks: the first with sound is taken', async t => {
  const picture = track('V_VP9', 2, 1)
  const tracks = Buffer.concat([picture, track('A_OPUS'), track('A_OPUS', 3)])
  const both = await decode(webm(packets, { tracks, video: true }), NOWHERE)
  t.equal(both.end, total)
  const vorbis = await decode(
    webm(packets, { tracks: track('A_VORBIS') }),
    NOWHERE,
  )
  t.match(vorbis.error, { code: 'VOX_FFMPEG_MISSING', message: /webm/ })
})
