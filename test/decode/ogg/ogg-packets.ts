import * as fc from 'fast-check'
import t from 'tap'
import { OggPages } from '../../../lib/decode/ogg/ogg-pages.ts'
import { OggPacketAssembler } from '../../../lib/decode/ogg/ogg-packets.ts'
import { paged } from '../../fixtures/containers.ts'

/** The packets of pages that hold whole packets only. */
const packetsOf = (page: Uint8Array): string[] => {
  const packets: string[] = []
  let at = 27 + page[26]!
  let size = 0
  for (const value of page.subarray(27, at)) {
    size += value
    if (value === 255) continue
    packets.push(Buffer.from(page.subarray(at, at + size)).toString('hex'))
    at += size
    size = 0
  }
  if (size > 0) throw new Error('the last packet does not end')
  return packets
}

const straight = (bytes: Uint8Array, without?: number) => {
  const straightener = new OggPacketAssembler()
  const packets: string[] = []
  let expected = 0
  for (const page of new OggPages().push(bytes)) {
    if (page.sequence === without) continue
    if (page.sequence !== expected) straightener.reset()
    expected = page.sequence + 1
    packets.push(...straightener.push(page).flatMap(packetsOf))
  }
  return { packets, lost: straightener.takeIncomplete() }
}

const lengths = fc.array(fc.integer({ min: 0, max: 1300 }), {
  minLength: 1,
  maxLength: 40,
})

const filled = (sizes: readonly number[]) =>
  sizes.map((size, granule) => ({ bytes: Buffer.alloc(size, size), granule }))

const hexOf = ({ bytes }: { bytes: Buffer }) => bytes.toString('hex')

t.test('packets come whole, however they lie in pages', async () => {
  fc.assert(
    fc.property(
      lengths,
      fc.integer({ min: 1, max: 255 }),
      (sizes, segments) => {
        const all = filled(sizes)
        const { packets, lost } = straight(paged(all, segments))
        return !lost && packets.join() === all.map(hexOf).join()
      },
    ),
  )
})

t.test('without a page, no packet is made up', async () => {
  fc.assert(
    fc.property(
      lengths,
      fc.integer({ min: 1, max: 9 }),
      fc.nat({ max: 20 }),
      (sizes, segments, without) => {
        const known = new Set(filled(sizes).map(hexOf))
        const { packets } = straight(paged(filled(sizes), segments), without)
        return (
          packets.length <= sizes.length &&
          packets.every(packet => known.has(packet))
        )
      },
    ),
  )
})

t.test('a packet too long for a page does not come', async t => {
  const packets = [10, 66_000, 20].map((length, granule) => ({
    bytes: Buffer.alloc(length),
    granule,
  }))
  const { packets: found, lost } = straight(paged(packets, 200))
  t.same(
    found.map(packet => packet.length / 2),
    [10, 20],
  )
  t.notOk(lost)
})
