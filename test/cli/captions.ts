import { readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { ffmpegCommands } from '../../lib/cli/ffmpeg-commands.ts'
import { cli, onlyLine } from '../fixtures/cli.ts'
import { hasFfmpeg, readByFfmpeg } from '../fixtures/caption-readers.ts'
import { readSrt, readVtt } from '../fixtures/captions.ts'
import { folderWith } from '../fixtures/folder.ts'

const srt = `1
00:00:01,000 --> 00:00:02,500
<i>Ask not</i> what your country can do for you, ask what

2
00:00:02,540 --> 00:00:03,000
you can do for the
country.
`
const vtt = `WEBVTT

00:00:01.000 --> 00:00:02.500
Ask not what your country can do for you, ask what

00:00:02.540 --> 00:00:03.000
you can do for the
country.

`
const cwd = folderWith({
  'in.srt': srt,
  'in.vtt': vtt,
  'latin.srt': Buffer.from(
    '1\n00:00:01,000 --> 00:00:02,000\ncaf\u00e9!',
    'latin1',
  ),
  'empty.srt': '',
  'text.txt': 'This is a letter.\n',
  'other.json': '{"text":"x"}\n',
  'good.srt': '1\n00:00:01,000 --> 00:00:03,000\nAsk not.\n',
  'damaged.srt':
    '00:00:01,000 --> 00:0x\nAsk\n\n00:00:03,000 --> 00:00:05,000\nnot.\n',
  'voices.vtt':
    'WEBVTT\n\n00:01.000 --> 00:03.000\n<v Ann>Ask</v>\n<v Bob>not</v>\n',
})
const run = (...args: string[]) => cli(['captions', ...args], { cwd })
const written = (name: string): string => readFileSync(join(cwd, name), 'utf8')

t.test('from one format into another', async t => {
  t.match(await run('in.srt', '-f', 'vtt'), {
    code: 0,
    stdout: vtt,
    stderr: '',
  })
  const back = await run('in.vtt', '-o', 'back.SRT')
  t.match(back, { code: 0, stdout: '', stderr: 'voxpipe: wrote back.SRT\n' })
  t.equal(`${written('back.SRT').trimEnd()}\n`, srt.replaceAll(/<\/?i>/g, ''))
  const piped = await cli(['captions', '-', '-f', 'txt', '--quiet'], {
    input: Buffer.from(`\ufeff${srt}`, 'utf16le'),
  })
  t.match(piped, { code: 0, stdout: /^Ask not what/, stderr: '' })
})

t.test('keeps the format if none is given', async t => {
  t.equal((await run('in.vtt')).stdout, vtt)
  t.equal(readSrt((await run('in.srt')).stdout).length, 2)
  t.equal(
    readSrt(
      (await run('in.srt', 'in.vtt', '-f', 'srt', '-o', 'all/', '--quiet'))
        .stdout,
    ).length,
    0,
  )
  t.strictSame(readdirSync(join(cwd, 'all')), ['in-2.srt', 'in.srt'])
})

t.test('re-wrapped by a profile or by limits, else as they are', async t => {
  const bbc = await run('in.srt', '-f', 'vtt', '--profile', 'bbc')
  t.equal(bbc.code, 0)
  const { cues, errors } = readVtt(bbc.stdout)
  t.strictSame(errors, [])
  t.ok(
    cues.every(({ text }) => text.split('\n').every(line => line.length <= 37)),
  )
  t.equal(
    cues.map(({ text }) => text.replaceAll('\n', ' ')).join(' '),
    'Ask not what your country can do for you, ask what you can do for the country.',
  )
  const narrow = await run(
    'in.srt',
    '--max-line-width',
    '20',
    '--max-line-count',
    '1',
  )
  t.ok(readSrt(narrow.stdout).every(({ text }) => text.length <= 20))
  const unknown = await run('in.srt', '--profile', 'hbo')
  t.match(unknown, { code: 2, stdout: '' })
  t.match(onlyLine(unknown), /'netflix', 'bbc', .* got 'hbo'/)
})

t.test('shifts captions', async t => {
  const times = (text: string) =>
    readSrt(text).map(({ start, end }) => [start, end])
  const later = await run('in.srt', '--shift', '1:00')
  t.strictSame(times(later.stdout), [
    [61_000, 62_500],
    [62_540, 63_000],
  ])
  const earlier = await run('in.srt', '--shift', '-1.5s')
  t.strictSame(times(earlier.stdout), [
    [0, 1000],
    [1040, 1500],
  ])
  t.match(onlyLine(earlier), /^warning: in\.srt: .* 1 shortened, 0 dropped$/)
  const gone = await run('in.srt', '--shift=-2600ms', '-f', 'vtt')
  t.strictSame(
    readVtt(gone.stdout).cues.map(({ start, end }) => [start, end]),
    [[0, 400]],
  )
  t.match(onlyLine(gone), /1 shortened, 1 dropped$/)
  const wrong = await run('in.srt', '--shift', 'soon')
  t.match(onlyLine(wrong), /write it as 1\.5s, -1\.5s, 250ms/)
  t.equal(wrong.code, 2)
})

t.test('makes captions from a transcript', async t => {
  const events = [
    { type: 'start', schema: 1, engine: 'local', model: 'tiny' },
    { type: 'delta', turn: '1', text: 'Ask', at: 1500 },
    {
      type: 'final',
      turn: '1',
      text: 'Ask not.',
      start: 1000,
      end: 3000,
      words: [{ text: 'Ask', start: 1000, end: 1500, source: 'model' }],
    },
    { type: 'gap', start: 3000, end: 4000, reason: 'x' },
    { type: 'end', duration: 5000, complete: false },
  ]
  const lines = events.map(event => `${JSON.stringify(event)}\n`).join('')
  writeFileSync(join(cwd, 'talk.jsonl'), lines)
  const { stdout, code } = await run('talk.jsonl', '--shift', '1s')
  t.equal(code, 0)
  t.match(readSrt(stdout), [
    { start: 2000, end: 2833, text: 'Ask not.' },
    { start: 4000, end: 5000, text: '[inaudible]' },
  ])
  const shifted = await run(
    'talk.jsonl',
    '--shift',
    '-2s',
    '-f',
    'jsonl',
    '--quiet',
  )
  t.match(
    shifted.stdout
      .trim()
      .split('\n')
      .map(line => JSON.parse(line) as object),
    [
      { type: 'start' },
      { type: 'delta', at: 0 },
      { type: 'final', start: 0, end: 1000, words: [{ start: 0, end: 0 }] },
      { type: 'gap', start: 1000, end: 2000 },
      { type: 'end', duration: 3000 },
    ],
  )
  writeFileSync(join(cwd, 'cut.jsonl'), lines.slice(0, -20))
  const cut = await run('cut.jsonl', '-f', 'txt')
  t.match(cut, { code: 0, stdout: 'Ask not.\n[inaudible 00:00:03-00:00:04]\n' })
  t.match(onlyLine(cut), /^warning: cut\.jsonl: line 5: the line is cut short/)
})

t.test('reports unreadable files and converts the others', async t => {
  const fails = async (name: string, message: RegExp): Promise<void> => {
    const result = await run(name)
    t.match(result, { code: 1, stdout: '' }, name)
    t.match(onlyLine(result), message)
  }
  await fails('nope.srt', /^nope\.srt: there is no such file/)
  await fails('.', /^\.: it is a folder/)
  await fails('latin.srt', /^latin\.srt: line 3 is not UTF-8; convert .*iconv/)
  await fails('text.txt', /^text\.txt: the input is neither SRT nor WebVTT/)
  await fails(
    'other.json',
    /^other\.json: line 1 is not a transcript event; .*-f jsonl/,
  )
  const damaged = await run('damaged.srt')
  t.match(damaged, { code: 0, stdout: /Ask\n\n2\n.*\nnot\./ })
  t.match(onlyLine(damaged), /^warning: damaged\.srt: line 1: the cue's end/)
  const empty = await run('empty.srt', '-f', 'vtt')
  t.match(empty, { code: 0, stdout: 'WEBVTT\n\n' })
  t.match(onlyLine(empty), /^warning: empty\.srt: the input is empty/)
  const batch = await run('nope.srt', 'in.srt', '-f', 'txt')
  t.match(batch, { code: 3, stdout: /^Ask not/ })
  t.match(batch.stderr, /1 of 2 inputs done; failed: nope\.srt\n$/)
})

t.test('never overwrites an input', async t => {
  symlinkSync('in.srt', join(cwd, 'link.srt'))
  const result = await run('in.srt', '--shift', '1s', '-o', 'link.srt')
  t.match(result, { code: 2, stdout: '' })
  t.match(onlyLine(result), /is an input; write elsewhere/)
  t.equal(written('in.srt'), srt)
})

t.test('refuses wrong usage', async t => {
  const wrong = async (args: string[], message: RegExp): Promise<void> => {
    const result = await run(...args)
    t.match(onlyLine(result), message)
    t.match(result, { code: 2, stdout: '' })
  }
  await wrong([], /^no input/)
  await wrong(
    ['https://example.com/a.srt'],
    /^voxpipe does not open URLs; pipe the captions/,
  )
  await wrong(
    ['in.srt', '--video', 'a.mp4'],
    /--video needs the captions in one file/,
  )
  await wrong(
    ['in.srt', '-o', 'a.ttml', '--video', 'a.mp4'],
    /ffmpeg cannot read 'ttml'/,
  )
  await wrong(
    ['check', 'in.srt', '-f', 'srt'],
    /cannot write 'srt'; use txt, json or jsonl/,
  )
  await wrong(['check', 'in.srt', '-o', 'a.txt'], /omit -o/)
})

t.test('check lists each violation with its rule', async t => {
  const { code, stdout, stderr } = await run(
    'check',
    'in.srt',
    '--profile',
    'netflix',
  )
  t.match({ code, stderr }, { code: 1, stderr: '' })
  t.equal(
    stdout,
    `in.srt:2: cue 1 00:00:01,000: line-width: 50 columns in a line, at most 42
in.srt:2: cue 1 00:00:01,000: reading-speed: 33.3 characters per second, at most 20
in.srt:6: cue 2 00:00:02,540: line-break: a line ends with an article, a preposition or a similar word: 'you can do for the country.' does not
in.srt:6: cue 2 00:00:02,540: min-duration: 460 ms long, at least 834
in.srt:6: cue 2 00:00:02,540: reading-speed: 58.6 characters per second, at most 20
in.srt:6: cue 2 00:00:02,540: gap: 40 ms after the previous cue, at least 84
`,
  )
  const json = await run(
    'check',
    'in.srt',
    'good.srt',
    '--profile',
    'netflix',
    '-f',
    'json',
  )
  const findings = JSON.parse(json.stdout) as object[]
  t.equal(findings.length, 6)
  t.match(findings[0], {
    file: 'in.srt',
    line: 2,
    index: 1,
    rule: 'line-width',
    found: 50,
    limit: 42,
  })
  const lines = await run(
    'check',
    'in.srt',
    '-f',
    'jsonl',
    '--max-line-width',
    '60',
  )
  t.notMatch(lines.stdout, /line-width/)
  t.ok(
    lines.stdout
      .trim()
      .split('\n')
      .every(line => JSON.parse(line)),
  )
})

t.test('check reports files without violations', async t => {
  const good = await run('check', 'good.srt', '--profile', 'netflix')
  t.match(good, { code: 0, stdout: '' })
  t.equal(onlyLine(good), 'good.srt: no violations of netflix in 1 cue(s)')
  const voices = await run(
    'check',
    'voices.vtt',
    '--profile',
    'netflix',
    '--quiet',
  )
  t.match(
    voices,
    { code: 0, stdout: '', stderr: '' },
    'two voices overlap by intent',
  )
  const both = await run('check', 'nope.srt', 'good.srt')
  t.match(both, {
    code: 1,
    stderr: /nope\.srt.*\n.*good\.srt: no violations in 1/,
  })
})

t.test('--video prints the ffmpeg commands', async t => {
  const video = "my 'talk'.mp4"
  const { code, stdout, stderr } = await run(
    'in.srt',
    '-o',
    'a b.srt',
    '--video',
    video,
  )
  t.match({ code, stdout }, { code: 0, stdout: '' })
  const lines = ffmpegCommands('a b.srt', 'srt', video)
  t.equal(
    stderr,
    `voxpipe: wrote a b.srt
voxpipe: to add the captions to the video as a track, run:
${lines.mux}
voxpipe: to draw them onto the picture, run:
${lines.burn}
`,
  )
  const quiet = await run(
    'in.srt',
    '-o',
    'a b.srt',
    '--video',
    video,
    '--quiet',
  )
  t.match(quiet, { code: 0, stderr: '' })
})

const skip = hasFfmpeg ? false : 'ffmpeg is not installed'

t.test('ffmpeg reads the converted captions', { skip }, async t => {
  const { stdout } = await run('in.vtt', '-f', 'srt')
  t.strictSame(readByFfmpeg(vtt, 'webvtt'), readSrt(stdout))
})
