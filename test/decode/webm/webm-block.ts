import * as fc from 'fast-check'
import t from 'tap'
import { parseWebmBlock } from '../../../lib/decode/webm/webm-parser.ts'

const parse = (text: string) =>
  parseWebmBlock(Buffer.from(text.replaceAll(' ', ''), 'hex'))

const frames = (text: string) =>
  parse(text)?.frames.map(frame => Buffer.from(frame).toString('hex'))

t.test('lacings', async t => {
  t.match(parse('81 fffe 80 aabb'), { track: 1, time: -2 })
  t.same(frames('81 0000 80 aabb'), ['aabb'])
  t.same(frames('81 0000 02 02 01 02 aa bbbb cc'), ['aa', 'bbbb', 'cc'])
  t.same(frames('81 0000 06 02 82 be aabb cc dd'), ['aabb', 'cc', 'dd'])
  t.same(frames('81 0000 04 01 aabb ccdd'), ['aabb', 'ccdd'])
})

t.test('refuses blocks that do not fit', async t => {
  for (const text of [
    '',
    '81 00',
    '81 0000 02',
    '81 0000 02 01 ff',
    '81 0000 02 01 09 aa',
    '81 0000 04 01 aabbcc',
    '81 0000 06 02 81 81 aa',
    '00 0000 00',
  ])
    t.equal(parse(text), undefined, text)
})

t.test('any bytes', async () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), bytes => {
      const block = parseWebmBlock(bytes)
      const total = block?.frames.reduce((sum, frame) => sum + frame.length, 0)
      return total === undefined || total < bytes.length
    }),
    { numRuns: 500 },
  )
})
