import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import t from 'tap'
import { readCaptions } from '../../lib/captions/index.ts'
import { cli, onlyLine, type CliOptions } from '../fixtures/cli.ts'
import { jfk, jfkText } from '../fixtures/speech-clips.ts'
import { folderWith } from '../fixtures/folder.ts'

const audio = resolve(import.meta.dirname, '../fixtures/audio')
const whole = readFileSync(jfk)

/** The text of a file of captions. */
const spokenIn = (path: string): string =>
  readCaptions(readFileSync(path, 'utf8'))
    .flatMap(({ lines }) => lines)
    .join(' ')

/** A WAV file of 16-bit PCM around samples. */
const wav = (data: Uint8Array, channels: number, rate = 16_000): Buffer => {
  const header = Buffer.alloc(44)
  header.write('RIFF', 0)
  header.writeUInt32LE(36 + data.length, 4)
  header.write('WAVEfmt ', 8)
  header.writeUInt32LE(16, 16)
  header.writeUInt16LE(1, 20)
  header.writeUInt16LE(channels, 22)
  header.writeUInt32LE(rate, 24)
  header.writeUInt32LE(rate * channels * 2, 28)
  header.writeUInt16LE(channels * 2, 32)
  header.writeUInt16LE(16, 34)
  header.write('data', 36)
  header.writeUInt32LE(data.length, 40)
  return Buffer.concat([header, data])
}

/** jfk in every of eight channels. */
const eightChannels = (): Buffer => {
  const mono = whole.subarray(44)
  const data = Buffer.alloc(mono.length * 8)
  for (let i = 0; i < mono.length; i += 2)
    for (let channel = 0; channel < 8; channel++)
      mono.copy(data, i * 8 + channel * 2, i, i + 2)
  return wav(data, 8)
}

const dir = folderWith({
  'empty.wav': '',
  'header.wav': wav(new Uint8Array(0), 1),
  'text.wav': 'This is a letter and no audio at all.\n'.repeat(50),
  'short.wav': wav(whole.subarray(44, 44 + 1600), 1),
  'odd.wav': wav(whole.subarray(44, whole.length - 1), 1),
  'eight.wav': eightChannels(),
  'zeros.bin': Buffer.alloc(20_000),
})
const at = (name: string): string => join(dir, name)

/** Nothing can be made of it: exit code 1 and one line, no output file. */
const fails = async (
  input: string,
  message: RegExp,
  options: CliOptions = {},
): Promise<void> => {
  const before = readdirSync(dir)
  const result = await cli([input, '-o', at('out.srt')], options)
  t.match(result, { code: 1, stdout: '' }, input)
  t.match(onlyLine(result), message)
  t.strictSame(readdirSync(dir), before, 'no file is left')
}

t.test('fails with one line and no output for unusable input', async () => {
  mkdirSync(at('folder'))
  await fails(at('nope.wav'), /nope\.wav.*no such file/)
  await fails(at('empty.wav'), /empty\.wav: the input is empty/)
  await fails(at('header.wav'), /header\.wav: /)
  await fails(at('folder'), /folder.*name the files in it/)
  await fails(at('text.wav'), /text\.wav: .*looks like text/)
  await fails(at('zeros.bin'), /zeros\.bin: the input is not audio/)
  await fails('-', /standard input: the input is empty/)
})

t.test('an error names an input whose name is part of its words', async t => {
  writeFileSync(at('e'), '')
  const result = await cli(['e'], { cwd: dir })
  t.equal(result.code, 1)
  t.match(onlyLine(result), /^e: the input is empty/)
})

t.test('requires ffmpeg only for formats that need it', async t => {
  const without = { PATH: '/nowhere', VOXPIPE_FFMPEG: '' }
  await fails(join(audio, 'jfk.m4a'), /ffmpeg is needed .*install it/, {
    env: without,
  })
  await fails(join(audio, 'jfk.mpg'), /VOXPIPE_FFMPEG.*absolute path/, {
    env: { VOXPIPE_FFMPEG: '/nowhere/ffmpeg' },
  })
  const mp3 = await cli([join(audio, 'jfk.mp3')], { env: without })
  t.match(mp3, { code: 0, stdout: `${jfkText}\n`, stderr: '' })
})

t.test('transcribes unusual audio', async t => {
  const short = await cli([at('short.wav')])
  t.match(short, { code: 0, stdout: '', stderr: '' })
  const odd = await cli([at('odd.wav')])
  t.match(odd, { code: 0, stdout: `${jfkText}\n` })
  const eight = await cli([at('eight.wav')])
  t.match(eight, { code: 0, stdout: `${jfkText}\n`, stderr: '' })
  const raw = await cli(['--raw', 's16le:16000', '-', '-f', 'srt'], {
    input: whole.subarray(44, 44 + 1601),
  })
  t.match(raw, { code: 0, stdout: '' })
})

/** What is said in the first half of the clip. */
const beginning = 'And so my fellow Americans ask not what'

t.test('transcribes a cut file with a warning', async t => {
  writeFileSync(at('cut.wav'), whole.subarray(0, whole.length / 2))
  const result = await cli([at('cut.wav'), '-o', at('cut.srt')])
  t.match(result, { code: 0, stdout: '' })
  t.match(result.stderr, /^voxpipe: warning: .*cut short.*11\.00 s/)
  t.equal(spokenIn(at('cut.srt')), beginning)
  const strict = await cli([at('cut.wav'), '--strict', '-o', at('x.srt')])
  t.match(strict, { code: 3, stdout: '' })
  t.match(onlyLine(strict), `the partial result is in ${at('x.partial.srt')}`)
  t.equal(spokenIn(at('x.partial.srt')), beginning)
  t.notOk(readdirSync(dir).includes('x.srt'))
})
