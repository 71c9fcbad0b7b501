import { cpSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { captionFormats } from '../../lib/captions/formats/caption-formats.ts'
import { cli, onlyLine, type CliOptions } from '../fixtures/cli.ts'
import { jfk, jfkText } from '../fixtures/speech-clips.ts'

/** A command given wrongly: exit code 2 and one line. */
const wrong = async (
  args: string[],
  message: RegExp,
  options: CliOptions = {},
): Promise<void> => {
  const result = await cli(args, options)
  t.match(onlyLine(result), message, args.join(' '))
  t.match(result, { code: 2, stdout: '' })
}

t.test('what is given wrongly is told in one line', async () => {
  await wrong([], /^no input; name a file, or - for standard input/)
  await wrong([jfk, '--fromat', 'srt'], /'--fromat'; did you mean --format\?/)
  await wrong([jfk, '--zzz'], /unknown option '--zzz'; see voxpipe --help/)
  await wrong([jfk, '--\u001B[31m\nx'], /^unknown option '--\[31m x'; see/)
  await wrong([jfk, '-f'], /argument missing/)
  await wrong([jfk, '-f', 'doc'], /no format 'doc'/)
  await wrong([jfk, '-f', 'srt,vtt'], /-o FOLDER\//)
  await wrong([jfk, '--max-line-width', '0'], /whole number above 0/)
  await wrong([jfk, '--profile', 'hbo'], /'netflix', 'bbc', .*, got 'hbo'/)
  await wrong([jfk, '--speaker-style', 'x'], /'arrows', 'dashes', .*got 'x'/)
  await wrong([jfk, '--raw', 's16le'], /write it as s16le:48000:2/)
  await wrong([jfk, '--raw', 's17le:8000:1'], /s16le/)
  await wrong([jfk, '--max-duration', 'long'], /write it as 4h/)
  await wrong([jfk, '--language', 'de'], /English/)
  const embedded = { recognizer: 'embedded' } as const
  await wrong([jfk, '--model', 'large'], /use one of tiny, base/, embedded)
  await wrong([jfk, '--model', 'silero-vad'], /no recogniser/, embedded)
  await wrong([jfk, '--model', 'tiny'], /^--model is for the embedded engine/)
  await wrong([jfk, '--model-dir', '.'], /^--model-dir is for .*'scripted'/)
  await wrong(['https://example.com/a?k=secret'], /^URLs are not opened/)
})

t.test('help leads with examples; version', async t => {
  const help = await cli(['--help'])
  t.match(help, { code: 0, stderr: '' })
  t.match(help.stdout, /^Examples:\n {2}voxpipe talk\.mp3 /)
  t.match(help.stdout, /Exit codes: 0 done/)
  const names = help.stdout.replaceAll(/\s+/g, ' ')
  t.match(names, `${captionFormats.join(', ')} or all`)
  const version = await cli(['--version'])
  t.match(version, { code: 0, stdout: /^\d+\.\d+\.\d+\n$/, stderr: '' })
})

t.test('a command wins over a file, names may begin with -', async t => {
  const cwd = t.testdir()
  for (const name of ['models', '-y.wav', '$(x) %d.wav'])
    cpSync(jfk, join(cwd, name))
  const models = await cli(['models'], { cwd })
  t.match(models.stdout, /^tiny +MIT, /)
  const file = await cli(['./models'], { cwd })
  t.match(file, { code: 0, stdout: `${jfkText}\n`, stderr: '' })
  const dash = await cli(['-f', 'srt', '--', '-y.wav', '$(x) %d.wav'], { cwd })
  t.match(dash, { code: 0, stderr: 'voxpipe: -y.wav\nvoxpipe: $(x) %d.wav\n' })
  t.match(dash.stdout, /-->/)
})

t.test('--debug shows the stack, nothing else does', async t => {
  const plain = await cli(['nope.wav', '-v'])
  t.notMatch(plain.stderr, /\n\s+at /)
  const debug = await cli(['nope.wav', '--debug'])
  t.match(debug.stderr, /no such file[^\n]*\n[^]*\n\s+at /)
  t.match(debug, { code: 1 })
})
