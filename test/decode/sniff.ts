import * as fc from 'fast-check'
import t from 'tap'
import { SNIFF_BYTES, sniff } from '../../lib/decode/sniff.ts'
import { clip, jfkWav } from '../fixtures/audio.ts'

const text = (latin1: string) => Buffer.from(latin1.padEnd(64, '\0'), 'latin1')

t.test('the clips', async t => {
  for (const [name, kind] of [
    ['jfk.mp3', 'id3'],
    ['jfk.flac', 'flac'],
    ['jfk.ogg', 'ogg'],
    ['jfk.opus', 'ogg'],
    ['jfk.webm', 'webm'],
    ['jfk.m4a', 'mp4'],
    ['jfk-moov-first.mp4', 'mp4'],
    ['jfk.mpg', 'ffmpeg'],
  ] as const)
    t.equal(sniff(clip(name).subarray(0, 64), false)?.kind, kind, name)
  t.same(sniff(jfkWav(), true), { kind: 'wav' })
})

t.test('MP3 without a tag, and with junk in front', async t => {
  const frames = clip('jfk.mp3').subarray(20)
  t.same(sniff(frames.subarray(0, 1024), false), { kind: 'mp3' })
  const junk = Buffer.concat([Buffer.alloc(5000, 0xfe), frames])
  t.equal(sniff(junk.subarray(0, 4096), false), undefined)
  t.same(sniff(junk, true), { kind: 'mp3' })
})

t.test('names of demuxers', async t => {
  for (const [bytes, demuxer] of [
    ['FORM\0\0\0\0AIFF', 'aiff'],
    ['RIFF\0\0\0\0AVI ', 'avi'],
    ['\0\0\x01\xba', 'mpeg'],
    ['\x30\x26\xb2\x75\x8e\x66\xcf\x11', 'asf'],
    ['FLV\x01\x05', 'flv'],
    ['caff\0\x01', 'caf'],
    ['#!AMR\n\x3c', 'amr'],
  ] as const)
    t.match(sniff(text(bytes), true), { kind: 'ffmpeg', demuxer })
  const packets = Buffer.alloc(188 * 5)
  for (let at = 0; at < packets.length; at += 188) packets[at] = 0x47
  t.match(sniff(packets, true), { demuxer: 'mpegts' })
})

t.test('says what other input looks like', async t => {
  for (const [bytes, looksLike] of [
    [Buffer.from('Hällo, wörld\n'.repeat(200)), /^text$/],
    [Buffer.from('MAC address of the printer'), /^text$/],
    [Buffer.from('#EXTM3U\nhttp://x/y.ts\n'), /^text$/],
    [text('\xff\xfeH\0i\0'), /UTF-16/],
    [text('\x89PNG\r\n'), /PNG/],
    [text('%PDF-1.7\0'), /PDF/],
    [text('PK\x03\x04'), /ZIP/],
    [Buffer.alloc(200, 1), /no known format/],
  ] as const)
    t.match(sniff(bytes, true), { kind: 'unknown', looksLike })
})

t.test('text in any script is text', async () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme', minLength: 20, maxLength: 2000 }),
      words => {
        const plain = words.replaceAll(
          /\p{Cc}/gu,
          char => (char >= '\x80' ? char : ' '), // what text has not
        )
        const found = sniff(Buffer.from(plain), true)
        return found?.kind === 'unknown' && found.looksLike === 'text'
      },
    ),
    { numRuns: 200 },
  )
})

t.test('answers any bytes once there are enough of them', async () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 3000, size: 'max' }),
      bytes =>
        sniff(bytes, true) !== undefined &&
        sniff(Buffer.concat([bytes, Buffer.alloc(SNIFF_BYTES)]), false) !==
          undefined,
    ),
  )
})
