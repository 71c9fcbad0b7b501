import { setImmediate } from 'node:timers/promises'
import { OpusDecoder } from 'opus-decoder'
import t from 'tap'
import { parseOpusHead } from '../../../lib/audio/opus-packet.ts'
import { OpusFrames } from '../../../lib/transforms/decoders/opus-frames.ts'
import { clip, decode } from '../../fixtures/audio.ts'
import { withRejectedFrames } from '../../fixtures/flac-files.ts'

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

  const decoding = new AbortController()
  const printed: string[] = []
  const application = async (): Promise<void> => {
    while (!decoding.signal.aborted) {
      const words = `application ${printed.length}`
      printed.push(words)
      console.error(words)
      await setImmediate()
    }
  }
  const running = application()
  const names = ['jfk.mp3', 'jfk.flac', 'jfk.ogg', 'jfk.opus', 'jfk.webm']
  do for (const name of names) await decode(damaged(name))
  while (printed.length < 10)
  await decode(withRejectedFrames(3).bytes)
  const opus = await OpusFrames.open(parseOpusHead(head)!, 'ogg')
  t.equal(opus.decode([packet]).damaged, 1)
  decoding.abort()
  await running
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
