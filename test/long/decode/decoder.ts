import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as fc from 'fast-check'
import t from 'tap'
import { Decoder } from '../../../lib/decode/decoder.ts'
import {
  alike,
  clip,
  decode,
  jfk,
  jfkWav,
  noFfmpeg,
  sameSamples,
  wav,
} from '../../fixtures/audio.ts'
import {
  DEMUXERS,
  disguised,
  framesPastSniffing,
  lures,
  openCanary,
} from '../../fixtures/lures.ts'

const home = t.testdir({})
const speech = jfk()
const NOWHERE = { ffmpeg: '/nowhere/ffmpeg' }

const ffmpeg = (...args: string[]) =>
  spawnSync('ffmpeg', ['-loglevel', 'error', '-y', ...args], {
    maxBuffer: 2e9,
  })

const made = (name: string, args: string): string => {
  const path = join(home, name)
  const source = join(home, 'jfk.wav')
  writeFileSync(source, jfkWav())
  ffmpeg('-i', source, ...args.split(' '), path)
  return path
}

/** What is decoded here, in the ways that encoders make it. */
const VARIANTS: [string, string, exact?: false][] = [
  ['stereo.mp3', '-ac 2 -ar 44100 -b:a 128k'],
  ['variable.mp3', '-ar 44100 -q:a 0'],
  ['narrow.mp3', '-ar 8000 -b:a 8k'],
  ['untagged.mp3', '-write_xing 0 -ar 32000'],
  ['id3v1.mp3', '-write_id3v1 1 -metadata title=x -ar 48000'],
  ['layer2.mp2', '-ar 44100 -ac 2'],
  ['eight.flac', '-ac 8 -ar 48000'],
  ['deep.flac', '-sample_fmt s32 -ar 96000'],
  ['fast.flac', '-ar 384000'],
  ['odd.flac', '-ar 11025 -compression_level 0'],
  ['surround.opus', '-ac 6 -c:a libopus -mapping_family 1'],
  ['long.opus', '-ac 2 -c:a libopus -frame_duration 60'],
  ['short.opus', '-c:a libopus -frame_duration 2.5 -b:a 510k -ac 2'],
  ['voice.opus', '-c:a libopus -b:a 6k -frame_duration 120', false],
  ['stereo.ogg', '-ac 2 -ar 44100 -c:a libvorbis -q:a 8'],
  ['surround.ogg', '-ac 6 -ar 48000 -c:a libvorbis'],
  ['stereo.webm', '-ac 2 -c:a libopus -frame_duration 40'],
  ['live.webm', '-c:a libopus -live 1'],
  ['surround.webm', '-ac 6 -c:a libopus -mapping_family 1'],
  ['opus.mkv', '-c:a libopus -frame_duration 10'],
  ['surround.wav', '-ac 6 -c:a pcm_s24le'],
]

t.test('decodes the same samples as ffmpeg', { skip: noFfmpeg }, async t => {
  for (const [name, args, exact = true] of VARIANTS) {
    const path = made(name, args)
    const ours = await decode(readFileSync(path), NOWHERE)
    t.equal(ours.error, undefined, name)
    t.same(ours.warnings, [], name)
    const { channels = 1, sampleRate = 1 } = ours.format ?? {}
    // Surround has its channels in another order.
    const of = channels > 2 ? '' : '-af pan=mono|c0=c0'
    const { stdout } = ffmpeg(
      ...`-i ${path} -map 0:a:0 ${of} -f f32le -`.split(' ').filter(Boolean),
    )
    const count = stdout.length / 4 / (of ? 1 : channels)
    t.equal(ours.channels[0]!.length, count, `${name}: frames`)
    if (!of) continue
    const theirs = new Float32Array(
      stdout.buffer.slice(stdout.byteOffset, stdout.byteOffset + stdout.length),
    )
    const window = [2 * sampleRate, 3 * sampleRate] as const
    const { correlation, lag } = alike(
      theirs.subarray(...window),
      ours.channels[0]!.subarray(...window),
      8,
    )
    t.ok(correlation > (exact ? 0.999_99 : 0.98), `${name}: ${correlation}`)
    t.ok(Math.abs(lag) <= (exact ? 0 : 4), `${name}: lag ${lag}`)
  }
})

const CLIPS = ['jfk.mp3', 'jfk.flac', 'jfk.ogg', 'jfk.opus', 'jfk.webm']

t.test('damage, in any chunking, gives the same audio', async () => {
  const inputs = [jfkWav(), ...CLIPS.map(clip)].map(bytes =>
    bytes.subarray(0, 40_000),
  )
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...inputs),
      fc.nat({ max: 30_000 }),
      fc.uint8Array({ maxLength: 800, size: 'max' }),
      fc.constantFrom('replace', 'insert', 'remove', 'cut'),
      fc.integer({ min: 1, max: 6000 }),
      async (clean, at, noise, kind, portion) => {
        const head = clean.subarray(0, at)
        const tail = clean.subarray(at)
        const bytes = Buffer.concat(
          kind === 'cut'
            ? [head]
            : kind === 'insert'
              ? [head, noise, tail]
              : kind === 'remove'
                ? [head, tail.subarray(noise.length)]
                : [head, noise, tail.subarray(noise.length)],
        )
        const a = await decode(bytes, {
          ...NOWHERE,
          portion: bytes.length || 1,
        })
        const b = await decode(bytes, { ...NOWHERE, portion })
        return (
          a.error?.code === b.error?.code &&
          a.end === b.end &&
          sameSamples(a.channels, b.channels)
        )
      },
    ),
    { numRuns: 1500, endOnFailure: true },
  )
})

t.test(
  'opens nothing from a disguised playlist',
  { skip: noFfmpeg },
  async t => {
    const { seen, port, url, close } = await openCanary()
    t.teardown(close)
    const secret = join(home, 'secret.wav')
    writeFileSync(secret, jfkWav())
    const bait = join(home, 'bait.txt')
    writeFileSync(bait, lures('secret.wav', port)['ffconcat']!)
    const { stdout } = ffmpeg('-i', bait, '-f', 'wav', '-')
    t.ok(stdout.length > 300_000, 'ffmpeg left to itself takes the bait')
    for (const target of [url, secret, 'secret.wav'])
      for (const [lure, text] of Object.entries(lures(target, port))) {
        for (const [name, bytes] of disguised(text)) {
          const { error, chunks } = await decode(bytes)
          t.match(error?.code, /^VOX_/, `${lure} as ${name}`)
          t.same(chunks, [])
        }
        for (const demuxer of DEMUXERS)
          t.equal(await framesPastSniffing(text, demuxer, false), 0)
        t.equal(await framesPastSniffing(text, 'mov', true), 0)
      }
    t.same(seen, [])
  },
)

t.test(
  'a day of silence stops at its limit, in little memory',
  {
    skip: noFfmpeg,
  },
  async t => {
    const path = join(home, 'silence.opus')
    const source = '-f lavfi -i anullsrc=r=48000:cl=mono -t 600'
    ffmpeg(...`${source} -c:a libopus -b:a 6k ${path}`.split(' '))
    const part = readFileSync(path)
    const bytes = Buffer.concat(Array.from({ length: 144 }, () => part))
    const before = process.memoryUsage().rss
    let most = before
    let end = 0
    const decoder = new Decoder({ maxDurationMs: 3_600_000 })
    const codes: string[] = []
    decoder.on('warning', ({ code }) => codes.push(code))
    decoder.end(bytes)
    for await (const { offset } of decoder) {
      end = offset
      if (offset % 4_800_000 < 8192)
        most = Math.max(most, process.memoryUsage().rss)
    }
    t.same(codes, ['VOX_MAX_DURATION'])
    t.ok(end > 3600 * 48_000 - 10_000)
    t.ok(most - before < 150e6, `${(most - before) / 1e6} MB more`)
  },
)

t.test('an hour of WAV in little memory', async t => {
  const second = wav([speech.subarray(0, 16_000)], { dataSize: 0, riffSize: 0 })
  const decoder = new Decoder()
  const before = process.memoryUsage().rss
  decoder.write(second)
  let left = 3600
  const feed = () => {
    while (left-- > 0) if (!decoder.write(second.subarray(44))) return
    decoder.end()
  }
  decoder.on('drain', feed)
  feed()
  let frames = 0
  for await (const { channels } of decoder) frames += channels[0].length
  t.equal(frames, 3601 * 16_000)
  t.ok(process.memoryUsage().rss - before < 100e6)
})
