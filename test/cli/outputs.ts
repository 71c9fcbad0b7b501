import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import {
  captionFormats,
  extensionOf,
} from '../../lib/captions/formats/caption-formats.ts'
import { cli, onlyLine } from '../fixtures/cli.ts'
import * as speech from '../fixtures/speech-clips.ts'

/** The first words of the clip: a short one keeps many runs short. */
const said = speech.jfkStart
const jfk = join(t.testdir(), 'jfk.wav')
const bytes = Buffer.from(readFileSync(speech.jfk).subarray(0, 44 + 102_400))
bytes.writeUInt32LE(bytes.length - 8, 4)
bytes.writeUInt32LE(bytes.length - 44, 40)
writeFileSync(jfk, bytes)

t.test('standard output has the transcript, and nothing else', async t => {
  const text = await cli([jfk])
  t.match(text, { code: 0, stdout: `${said}\n`, stderr: '' })
  const piped = await cli(['-', '-f', 'vtt', '--quiet'], {
    input: readFileSync(jfk),
  })
  t.match(piped, { code: 0, stdout: /^WEBVTT\n/, stderr: '' })
  const told = await cli([jfk, '-v'])
  t.equal(told.stdout, text.stdout)
  t.match(told.stderr, /jfk\.wav: wav, pcm_s16le, 16000 Hz/)
})

t.test('a file gets its name when it is whole', async t => {
  const dir = t.testdir({ 'a.srt': 'old' })
  const result = await cli([jfk, '-o', join(dir, 'a.srt')])
  t.match(result, { code: 0, stdout: '' })
  t.equal(onlyLine(result), `wrote ${join(dir, 'a.srt')}`)
  t.match(readFileSync(join(dir, 'a.srt'), 'utf8'), /^1\n00:00:00,\d{3} -->/)
  t.strictSame(readdirSync(dir), ['a.srt'])
})

t.test("many formats into a folder, in Whisper's words", async t => {
  const dir = t.testdir()
  const result = await cli([
    jfk,
    `--output_dir=${join(dir, 'out')}`,
    '--output_format=all',
    '--max_line_width=20',
    '--language=English',
    '--quiet',
  ])
  t.match(result, { code: 0, stdout: '', stderr: '' })
  t.strictSame(
    readdirSync(join(dir, 'out')).sort(),
    captionFormats.map(format => `jfk.${extensionOf(format)}`).sort(),
  )
  const srt = readFileSync(join(dir, 'out/jfk.srt'), 'utf8')
  t.ok(
    srt.split('\n').every(line => line.includes('-->') || line.length <= 20),
    'lines are as short as asked',
  )
})

t.test('captions by a profile', async t => {
  const result = await cli([
    jfk,
    '-f',
    'srt',
    '--profile',
    'vertical',
    '--speaker-style',
    'none',
  ])
  t.match(result, { code: 0, stdout: /-->/, stderr: '' })
  t.ok(
    result.stdout
      .split('\n')
      .every(line => line.includes('-->') || line.length <= 25),
  )
})

t.test('a batch goes on after a failure, and sums up', async t => {
  const dir = t.testdir({ 'empty.wav': '' })
  const bad = join(dir, 'empty.wav')
  const result = await cli([bad, jfk, '-f', 'json'])
  t.equal(result.code, 3)
  const [first, second, ...more] = JSON.parse(result.stdout) as {
    text: string
    complete: boolean
  }[]
  t.match(first, { text: '', complete: false }, 'one element an input')
  t.match(second, { text: said, complete: true })
  t.strictSame(more, [])
  t.match(result.stderr, /empty\.wav: the input is empty/)
  t.match(result.stderr, /1 of 2 inputs done; failed: \S+empty\.wav\n$/)
  const all = await cli([bad, 'nope.wav', '-o', `${dir}/`])
  t.equal(all.code, 1, 'all failed')
  t.strictSame(readdirSync(dir), ['empty.wav'])
})

t.test('where it cannot be written, it says so', async t => {
  const dir = t.testdir({ folder: {} })
  const nowhere = join(dir, 'no/a.srt')
  const result = await cli([jfk, '-o', nowhere])
  t.match(result, { code: 5, stdout: '' })
  t.match(onlyLine(result), `cannot write ${nowhere}: its folder does not`)
  t.strictSame(readdirSync(dir), ['folder'])
})

t.test('a cap on the length: what is before it, and exit code 3', async t => {
  const result = await cli([jfk, '--max-duration', '1.5s'])
  t.match(result, { code: 3, stdout: 'And so my fellow\n' })
  t.match(onlyLine(result), /stopped after 1\.50 s/)
})

t.test('raw PCM', async t => {
  const dir = t.testdir()
  const pcm = join(dir, 'a.pcm')
  writeFileSync(pcm, readFileSync(jfk).subarray(44))
  const result = await cli([pcm, '--raw', 's16le:16000:1'])
  t.match(result, { code: 0, stdout: `${said}\n`, stderr: '' })
})
