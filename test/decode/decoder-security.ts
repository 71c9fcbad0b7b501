import { chmodSync, existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { decode, jfkWav, noFfmpeg } from '../fixtures/audio.ts'
import {
  disguised,
  framesPastSniffing,
  lures,
  openCanary,
} from '../fixtures/lures.ts'
import { folderWith } from '../fixtures/folder.ts'

// The whole of lures and disguises is in test/long/decode/decoder.ts.
const { seen, port, url, close } = await openCanary()
t.teardown(close)

const home = folderWith()
const secret = join(home, 'secret.wav')
writeFileSync(secret, jfkWav())

t.test('a playlist is text: ffmpeg is not even started', async t => {
  const marker = join(home, 'started')
  const ffmpeg = join(home, 'ffmpeg')
  writeFileSync(ffmpeg, `#!/bin/sh\ntouch "${marker}"\n`)
  chmodSync(ffmpeg, 0o755)
  for (const target of [url, secret, `file:${secret}`, `concat:${secret}`])
    for (const [name, text] of Object.entries(lures(target, port))) {
      const { error, chunks } = await decode(Buffer.from(text), { ffmpeg })
      t.equal(error?.code, 'VOX_FORMAT_UNKNOWN', name)
      t.notMatch(error?.message, /127|secret/)
      t.same(chunks, [])
    }
  t.notOk(existsSync(marker))
  t.same(seen, [])
})

t.test('a playlist in disguise opens nothing', { skip: noFfmpeg }, async t => {
  for (const target of [url, secret])
    for (const [name, bytes] of disguised(lures(target, port)['hls']!)) {
      const { error, chunks } = await decode(bytes)
      t.match(error?.code, /^VOX_/, name)
      t.same(chunks, [], name)
    }
  t.same(seen, [])
})

t.test('past sniffing, ffmpeg is held', { skip: noFfmpeg }, async t => {
  const { hls, ffconcat } = lures(secret, port)
  for (const text of [hls!, ffconcat!, lures(url, port)['hls']!])
    for (const demuxer of ['mov', 'mpegts', 'matroska'])
      t.equal(await framesPastSniffing(text, demuxer, demuxer === 'mov'), 0)
  t.same(seen, [])
})
