import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { wordsOf } from '../../benchmarks/word-errors.ts'
import { wav } from '../fixtures/audio.ts'
import { cli, onlyLine } from '../fixtures/cli.ts'
import { conversation } from '../fixtures/conversation.ts'
import { keepsSecret, ask, serve } from '../fixtures/openai-cli.ts'
import { jfkRecognizer } from '../fixtures/scripted.ts'
import { jfk, samplesOf } from '../fixtures/speech-clips.ts'
import { folderWith } from '../fixtures/folder.ts'

const { samples, rttm, spoken, words } = await conversation(100)

/** What each says until the other speaks. */
const said: [string, string[]][] = []
for (const { word, speaker } of words)
  if (said.at(-1)?.[0] === speaker) said.at(-1)![1].push(word)
  else said.push([speaker, [word]])
const speech = await samplesOf(jfk)
/** Where the third turn begins, in samples. */
const third = 16_000 * Number(rttm.split('\n')[2]!.split(' ')[3])

/** A folder with a recording, its turns, and one of two channels. */
const cwd = folderWith({
  'talk.wav': wav([samples]),
  'talk.rttm': rttm,
  begun: { 'talk.wav': wav([samples.subarray(0, third)]) },
  'both.rttm': rttm + rttm.replaceAll(' talk ', ' walk '),
  'bad.rttm': `${rttm}SPEAKER talk\n`,
  'audio.rttm': wav([speech.subarray(0, 100)]),
  folder: {},
})
const late = new Float32Array(speech.length)
late.set(speech.subarray(0, speech.length - 16_000), 16_000)
writeFileSync(join(cwd, 'stereo.wav'), wav([speech, late]))

t.test('--speakers names who speaks', async t => {
  for (const [talk, file, turns] of [
    ['talk.wav', 'talk.rttm', 6],
    ['begun/talk.wav', 'both.rttm', 2],
  ] as const) {
    const args = [talk, '--speakers', file, '-f', 'md']
    const recognizer = jfkRecognizer({ words: spoken })
    const { code, stdout, stderr } = await cli(args, { cwd, recognizer })
    t.match({ code, stderr }, { code: 0, stderr: '' })
    const lines = [...stdout.matchAll(/^\*\*(\w+)\*\* \[.*?\] (.*)$/gm)]
    t.same(
      lines.map(([, name, text]) => [name, wordsOf(text!)]),
      said.slice(0, turns),
    )
  }
})

t.test('--channels separate', async t => {
  const args = ['stereo.wav', '--channels', 'separate', '-f', 'jsonl']
  const { code, stdout, stderr } = await cli(args, { cwd })
  t.match({ code, stderr }, { code: 0, stderr: '' })
  const events = stdout
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as { type: string; channel?: number })
  const channels = events
    .filter(({ type }) => type === 'final')
    .map(({ channel }) => channel)
  t.same(new Set(channels), new Set([0, 1]))
  const one = await cli(['begun/talk.wav', '--channels', 'separate'], { cwd })
  t.equal(one.code, 0)
  t.match(onlyLine(one), /^warning: talk\.wav: the audio has only one channel/)
  t.notMatch(one.stdout, /Channel/)
})

t.test('by OpenAI, of a model with word times', async t => {
  const server = await serve(t)
  const wishes = ['--channels', 'separate', '--speakers']
  const result = await ask(t, server, [
    join(cwd, 'stereo.wav'),
    ...wishes,
    join(cwd, 'talk.rttm'),
    '-f',
    'srt',
  ])
  t.equal(result.code, 0)
  t.match(result.stdout, /Austen: /)
  t.equal(server.requests.length, 2)
  t.match(server.requests[0]?.fields, { model: ['whisper-1'] })
  keepsSecret(t, result)
})

t.test('reports wrong usage in one line', async t => {
  const wrong: [string[], number, RegExp][] = [
    [['talk.wav', '--speakers'], 2, /^--speakers needs a file/],
    [
      ['talk.wav', 'stereo.wav', '--speakers', 'talk.rttm'],
      2,
      /^--speakers describes one recording, but there are 2/,
    ],
    [
      ['talk.wav', '--speakers', 'talk.rttm', '--live'],
      2,
      /^--speakers is only for finished recordings/,
    ],
    [['talk.wav', '--speakers', 'no.rttm'], 1, /^no\.rttm: there is no such/],
    [['talk.wav', '--speakers', 'folder'], 1, /^folder: it is a folder/],
    [['talk.wav', '--speakers', 'bad.rttm'], 1, /^bad\.rttm: line 7 of the RT/],
    [['talk.wav', '--speakers', 'audio.rttm'], 1, /^audio\.rttm: line 1 of/],
    [
      ['stereo.wav', '--speakers', 'both.rttm'],
      1,
      /2 recordings, and none of them is 'stereo'$/,
    ],
    [['talk.wav', '--channels', 'both'], 2, /use mix or separate$/],
    [
      'talk.wav --channels separate --engine openai --live'.split(' '),
      2,
      /^--channels separate needs a recording or the local engine/,
    ],
  ]
  for (const [args, code, message] of wrong) {
    const result = await cli(args, { cwd })
    t.match(onlyLine(result), message, args.join(' '))
    t.match(result, { code, stdout: '' })
  }
})
