// In a process of its own: it watches the console.
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { OpusDecoder } from 'opus-decoder'
import t from 'tap'
import {
  parseOpusHead,
  OpusPacketDecoder,
} from '../../lib/decode/opus-decoder.ts'
import { Decoder } from '../../lib/decode/decoder.ts'
import type { AudioChunk } from '../../lib/core/audio-chunk.ts'
import { DecodeError } from '../../lib/core/errors.ts'
import { clip, decode } from '../fixtures/audio.ts'
import { withRejectedFrames } from '../fixtures/flac-files.ts'

/**
 * Watches the console: what is printed, and how often one of its methods is
 * replaced.
 */
const watch = (): { said: unknown[]; replaced: () => number } => {
  const said: unknown[] = []
  let replaced = 0
  for (const name of ['log', 'warn', 'error'] as const) {
    const original = Object.getOwnPropertyDescriptor(console, name)!
    const say = (...words: unknown[]) => void said.push(words[0])
    Object.defineProperty(console, name, {
      configurable: true,
      get: () => say,
      set: () => {
        replaced++
      },
    })
    t.teardown(() => Object.defineProperty(console, name, original))
  }
  return { said, replaced: () => replaced }
}

const damaged = (name: string): Buffer => {
  const bytes = clip(name)
  for (let at = 3000; at < bytes.length; at += 1777)
    bytes[at] = bytes[at]! ^ 0x5a
  return bytes
}

/** Decodes, while an application does something at every step of it. */
const decodeWhile = (act: () => void, bytes: Buffer): Promise<void> =>
  pipeline(
    Readable.from(
      (function* () {
        for (let at = 0; at < bytes.length; at += 4_096) {
          act()
          yield bytes.subarray(at, at + 4_096)
        }
      })(),
    ),
    new Decoder(),
    async (chunks: AsyncIterable<AudioChunk>) => {
      for await (const chunk of chunks) if (chunk) act()
    },
  ).catch(error => {
    if (!(error instanceof DecodeError)) throw error // nothing was left of it
  })

/** Four channels in two streams, and a packet that is none. */
const head = Buffer.concat([
  Buffer.from('OpusHead\x01\x04'),
  Buffer.from([0, 0, 0x80, 0xbb, 0, 0, 0, 0]),
  Buffer.from([1, 2, 2, 0, 1, 2, 3]),
])
const packet = Uint8Array.of(0xfc, 0xff, 3, 7, 9)

t.test('what an application prints during decoding is printed', async t => {
  const { said, replaced } = watch()
  const direct = new OpusDecoder({
    channels: 4,
    streamCount: 2,
    coupledStreamCount: 2,
    channelMappingTable: [0, 1, 2, 3],
  })
  await direct.ready
  direct.decodeFrame(packet)
  t.match(said.splice(0), [/^libopus/], 'the decoder itself would print')

  const printed: string[] = []
  const print = (): void => {
    const words = `application ${printed.length}`
    printed.push(words)
    console.error(words)
  }
  for (const name of ['jfk.mp3', 'jfk.flac', 'jfk.ogg', 'jfk.opus', 'jfk.webm'])
    await decodeWhile(print, damaged(name))
  await decodeWhile(print, withRejectedFrames(3).bytes)
  const opus = await OpusPacketDecoder.open(parseOpusHead(head)!, 'ogg')
  t.equal(opus.decode([packet]).damaged, 1)
  t.ok(printed.length > 100)
  t.same(said, printed)
  t.equal(replaced(), 0)
})

t.test('decodes where the console is frozen', async t => {
  const { console: original } = globalThis
  t.teardown(() => (globalThis.console = original))
  globalThis.console = Object.freeze({ ...original })
  const flac = withRejectedFrames(3).bytes
  for (const input of [
    clip('jfk.mp3'),
    clip('jfk.ogg'),
    clip('jfk.opus'),
    flac,
  ])
    t.equal((await decode(input)).error, undefined)
})
