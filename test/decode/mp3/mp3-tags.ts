import t from 'tap'
import {
  parseMp3Header,
  id3Bytes,
  parseMp3Info,
} from '../../../lib/decode/mp3/mp3-frames.ts'
import { clip } from '../../fixtures/audio.ts'

t.test('length of an ID3v2 tag', async t => {
  t.equal(id3Bytes(Buffer.from('ID3\x04\0\0\0\0\x02\x01', 'latin1')), 267)
  t.equal(id3Bytes(Buffer.from('ID3\x04\0\x10\0\0\0\x01', 'latin1')), 21)
  t.equal(id3Bytes(Buffer.from('ID3\x04\0\0\0\0\x80\x01', 'latin1')), 0)
  t.equal(id3Bytes(Buffer.from('ID3')), 0)
  t.equal(id3Bytes(Buffer.from('TAG0123456789')), 0)
})

t.test('the first frame of a file', async t => {
  const frame = clip('jfk.mp3').subarray(20)
  const header = parseMp3Header(frame)!
  const info = parseMp3Info(frame.subarray(0, header.bytes), header)
  t.same(info, { frames: 308, gapless: { delay: 576, padding: 832 } })
  const second = frame.subarray(header.bytes, 2 * header.bytes)
  t.equal(parseMp3Info(second, header), undefined)
})

t.test('VBRI', async t => {
  const frame = Buffer.alloc(400)
  frame.write('fffb90c4', 'hex')
  frame.write('VBRI', 36)
  frame.writeUInt32BE(1234, 36 + 14)
  t.same(parseMp3Info(frame, parseMp3Header(frame)!), {
    frames: 1234,
    gapless: undefined,
  })
})

t.test('Xing without anything more', async t => {
  const frame = Buffer.alloc(400)
  frame.write('fffb9064', 'hex')
  frame.write('Xing', 36)
  t.same(parseMp3Info(frame, parseMp3Header(frame)!), {
    frames: undefined,
    gapless: undefined,
  })
})
