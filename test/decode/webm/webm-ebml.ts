import t from 'tap'
import {
  EBML_ID,
  children,
  readFloat,
  readHead,
  readInt,
  readUint,
  readVint,
} from '../../../lib/decode/webm/webm-header.ts'
import { element } from '../../fixtures/containers.ts'

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex')

t.test('numbers of variable length', async t => {
  t.same(readVint(hex('81'), 0), { value: 1, bytes: 1, unknown: false })
  t.same(readVint(hex('ff'), 0), { value: 127, bytes: 1, unknown: true })
  t.same(readVint(hex('00 4001'), 1), { value: 1, bytes: 2, unknown: false })
  t.match(readVint(hex('01ffffffffffffff'), 0), { bytes: 8, unknown: true })
  t.match(readVint(hex('01000000ffffffff'), 0), { value: 2 ** 32 - 1 })
  t.match(readVint(hex('40'), 0), { bytes: 0 }, 'too short')
  t.match(readVint(hex('00ff'), 0), { bytes: 9 }, 'no such length')
})

t.test('heads', async t => {
  t.same(readHead(hex('1a45dfa3 84'), 0), {
    id: EBML_ID.EBML,
    size: 4,
    bytes: 5,
  })
  t.same(readHead(hex('18538067 01ffffffffffffff'), 0), {
    id: EBML_ID.Segment,
    size: undefined,
    bytes: 12,
  })
  t.equal(readHead(hex('1a45'), 0), undefined)
  t.equal(readHead(hex('08ffffffff'), 0), null)
})

t.test('values', async t => {
  t.equal(readUint(hex('0102')), 258)
  t.equal(readInt(hex('ff38')), -200)
  t.equal(readInt(hex('')), 0)
  t.equal(readFloat(hex('3f800000')), 1)
  t.equal(readFloat(hex('00')), 0)
})

t.test('children end where the bytes do', async t => {
  const both = Buffer.concat([
    element(EBML_ID.TrackNumber, 5),
    element(EBML_ID.CodecID, Buffer.from('A_OPUS')),
  ])
  t.same(
    [...children(both)].map(({ id }) => id),
    [EBML_ID.TrackNumber, EBML_ID.CodecID],
  )
  t.equal([...children(both.subarray(0, 3))].length, 0)
})
