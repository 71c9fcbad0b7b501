// In a process of its own: it looks at what is spooled.
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { Decoder } from '../../lib/decode/decoder.ts'
import {
  alike,
  clip,
  codesOf,
  decode,
  jfk,
  noFfmpeg,
  sameSamples,
  wav,
} from '../fixtures/audio.ts'

const speech = jfk()
const second = wav([speech.subarray(48_000, 64_000)], { encoding: 'f32le' })

const home = t.testdir({})
process.env['TMPDIR'] = home

/** Spool files that are still there. */
const spools = (): string[] =>
  readdirSync(home).filter(name => name.startsWith('voxpipe-'))

/** A program that stands in for ffmpeg where ffmpeg has to fail. */
const fake = (name: string, script: string): string => {
  const folder = join(home, 'fakes')
  mkdirSync(folder, { recursive: true })
  const path = join(folder, name)
  writeFileSync(`${path}.wav`, second)
  writeFileSync(path, `#!/bin/sh\n${script}\n`)
  chmodSync(path, 0o755)
  return path
}

/** The first three seconds in another format, as ffmpeg writes it. */
const converted = (args: string): Buffer => {
  const path = join(home, 'converted')
  spawnSync(
    'ffmpeg',
    ['-y', '-i', 'pipe:0', ...args.split(' '), `file:${path}`],
    { input: wav([speech.subarray(0, 48_000)]) },
  )
  return readFileSync(path)
}

t.test(
  'uses ffmpeg for formats without a decoder',
  { skip: noFfmpeg },
  async t => {
    for (const [name, container, frames] of [
      ['jfk.m4a', 'mp4', 176_128],
      ['jfk-moov-first.mp4', 'mp4', 176_128],
      ['jfk.mpg', 'mpeg', 176_256],
    ] as const) {
      const whole = await decode(clip(name))
      t.equal(whole.error, undefined, name)
      t.same(whole.warnings, [], name)
      t.match(whole.format, { container, sampleRate: 16_000, channels: 1 })
      t.equal(whole.end, frames)
      const window = [48_000, 64_000] as const
      const { correlation } = alike(
        speech.subarray(...window),
        whole.channels[0]!.subarray(...window),
        2500,
      )
      t.ok(correlation > 0.95, `${name} ${correlation}`)
      const parts = await decode(clip(name), { portion: 997 })
      t.ok(sameSamples(parts.channels, whole.channels), name)
      t.same(spools(), [])
    }
  },
)

t.test(
  'every container that is sniffed for it',
  { skip: noFfmpeg },
  async t => {
    const rows: [string, string][] = [
      ['aac', '-c:a aac -f adts'],
      ['aiff', '-f aiff'],
      ['caf', '-f caf -c:a pcm_s16be'],
      ['au', '-f au'],
      ['w64', '-f w64'],
      ['avi', '-f avi -c:a pcm_s16le'],
      ['asf', '-f asf -c:a wmav2'],
      ['flv', '-f flv -c:a mp3 -ar 22050'],
      ['mpegts', '-f mpegts -c:a aac'],
      ['webm', '-f webm -c:a libvorbis'],
      ['webm', '-f matroska -c:a flac'],
      ['ogg', '-f ogg -c:a flac'],
      ['ac3', '-f ac3 -ar 48000'],
      ['wav', '-f wav -c:a adpcm_ima_wav'],
      ['wavpack', '-f wv'],
      ['tta', '-f tta'],
    ]
    for (const [container, args] of rows) {
      const bytes = converted(args)
      const { error, format, end } = await decode(bytes)
      t.equal(error, undefined, args)
      t.equal(format?.container, container)
      const seconds = end / (format?.sampleRate ?? 1)
      t.ok(Math.abs(seconds - 3) < 0.2, `${args}: ${seconds} s`)
    }
  },
)

t.test('what the container declares', { skip: noFfmpeg }, async t => {
  const { format } = await decode(clip('jfk.m4a'))
  t.ok(Math.abs(format!.durationMs! - 11_000) < 100)
  const bytes = clip('jfk-moov-first.mp4')
  const half = await decode(bytes.subarray(0, bytes.length / 2))
  t.ok(codesOf(half).includes('VOX_TRUNCATED'))
  t.ok(half.end > 60_000)
  const strict = await decode(bytes.subarray(0, bytes.length / 2), {
    strict: true,
  })
  t.match(strict.error, { code: 'VOX_TRUNCATED' })
})

t.test('an index that never came', { skip: noFfmpeg }, async t => {
  const bytes = clip('jfk.m4a')
  const { error, end } = await decode(bytes.subarray(0, bytes.length / 2))
  t.match(error, {
    code: 'VOX_FFMPEG_FAILED',
    exitCode: 1,
    message: /^ffmpeg failed with exit code 1 on the mp4 input: /,
  })
  t.notMatch(error?.message, home)
  t.equal(end, 0)
  t.same(spools(), [])
})

t.test('a video without sound', { skip: noFfmpeg }, async t => {
  const silent = spawnSync(
    'ffmpeg',
    '-loglevel error -f lavfi -i color=s=32x32:d=1 -f mpegts -c:v mpeg2video pipe:1'.split(
      ' ',
    ),
  ).stdout
  const { error } = await decode(silent)
  t.match(error, { code: 'VOX_DECODE', message: /no audio track/ })
})

t.test('reports that ffmpeg is missing', async t => {
  for (const name of ['jfk.m4a', 'jfk.mpg']) {
    const { error } = await decode(clip(name), { ffmpeg: '/nowhere/ffmpeg' })
    t.match(error, {
      code: 'VOX_FFMPEG_MISSING',
      message: /ffmpeg is needed for (mp4|mpeg) input/,
    })
  }
  t.same(spools(), [])
})

t.test('keeps the output of an ffmpeg that fails', async t => {
  const ffmpeg = fake(
    'fails',
    'cat "$0.wav"; echo one >&2; echo "pipe:0: the disc is scratched" >&2; exit 69',
  )
  const result = await decode(clip('jfk.mpg'), { ffmpeg })
  t.equal(result.end, 16_000)
  t.match(result.error, {
    code: 'VOX_FFMPEG_FAILED',
    exitCode: 69,
    message:
      'ffmpeg failed with exit code 69 on the mpeg input: the disc is scratched',
  })
})

t.test('keeps the output of an ffmpeg that is killed', async t => {
  const ffmpeg = fake('killed', 'cat "$0.wav"; kill -9 $$')
  const result = await decode(clip('jfk.mpg'), { ffmpeg })
  t.equal(result.end, 16_000)
  t.match(result.error, { exitCode: null, message: /ended by SIGKILL/ })
})

t.test('it complains and goes on: a warning', async t => {
  const ffmpeg = fake('grumbles', 'cat "$0.wav"; echo odd packet >&2')
  const result = await decode(clip('jfk.mpg'), { ffmpeg })
  t.equal(result.end, 16_000)
  t.match(result.warnings, [{ code: 'VOX_DECODE', message: /odd packet/ }])
  t.equal(result.error, undefined)
})

t.test('reports input that ffmpeg cannot decode', async t => {
  const { error } = await decode(clip('jfk.mpg'), {
    ffmpeg: fake('idle', 'cat > /dev/null'),
  })
  t.match(error, { code: 'VOX_DECODE' })
})

t.test('it takes no input and ends', async t => {
  const ffmpeg = fake('quick', 'exec <&-; cat "$0.wav"')
  const { end, error } = await decode(clip('jfk.mpg'), { ffmpeg })
  t.equal(end, 16_000)
  t.equal(error, undefined)
})

t.test('nothing is left when the stage is destroyed', async t => {
  if (!existsSync('/proc/self')) return t.pass('needs /proc')
  for (const name of ['jfk.mpg', 'jfk.m4a']) {
    const file = join(home, `${name}.pid`)
    const script = `echo $$ > "${file}"; cat "$0.wav"; exec sleep 1000`
    const controller = new AbortController()
    const decoder = new Decoder({
      ffmpeg: fake('waits', script),
      signal: controller.signal,
    })
    decoder.on('error', () => {})
    decoder.end(clip(name))
    await once(decoder, 'readable')
    const pid = Number(readFileSync(file, 'utf8'))
    t.ok(existsSync(`/proc/${pid}`))
    const closed = new Promise(resolve => decoder.once('close', resolve))
    controller.abort()
    await closed
    t.notOk(existsSync(`/proc/${pid}`), 'no process')
    t.same(spools(), [], 'no file')
  }
})

t.test('the longest duration ends it too', async t => {
  const ffmpeg = fake('endless', 'while cat "$0.wav"; do :; done')
  const result = await decode(clip('jfk.mpg'), { ffmpeg, maxDurationMs: 500 })
  t.equal(result.end, 8000)
  t.same(codesOf(result), ['VOX_MAX_DURATION'])
})

t.test('it gets neither keys nor names', async t => {
  process.env['OPENAI_API_KEY'] = 'sk-CANARY'
  t.teardown(() => delete process.env['OPENAI_API_KEY'])
  const file = join(home, 'seen')
  const ffmpeg = fake('spy', `{ env; echo "$@"; } > "${file}"; cat "$0.wav"`)
  await decode(clip('jfk.mpg'), { ffmpeg })
  const seen = readFileSync(file, 'utf8')
  t.match(seen, '-f mpeg -i pipe:0')
  t.notMatch(seen, /CANARY|OPENAI/)
})
