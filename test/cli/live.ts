import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import t from 'tap'
import { wordsOf } from '../../lib/bench/word-errors.ts'
import {
  cli,
  cliCommand,
  cliEnv,
  endedBy,
  onlyLine,
  resultOf,
  startCli,
} from '../fixtures/cli.ts'
import {
  noPseudoTerminal,
  PseudoTerminal,
} from '../fixtures/pseudo-terminal.ts'
import { jfk, jfkStart, ownClips } from '../fixtures/speech-clips.ts'
import type { TranscriptEvent } from '../../lib/core/transcript-event.ts'
import { recognises } from '../fixtures/recognised.ts'

/** The first words: short audio keeps many runs short. */
const pcm = readFileSync(jfk).subarray(44, 102_444)
const silence = Buffer.alloc(48_000)
const live = ['--live', '--model', 'tiny']
const fromPipe = ['--raw', 's16le:16000', '-', ...live]

t.test('what is given wrongly', async t => {
  const wrong = async (args: string[], message: RegExp): Promise<void> => {
    const result = await cli(args)
    t.match(onlyLine(result), message, args.join(' '))
    t.match(result, { code: 2, stdout: '' })
  }
  await wrong([jfk, '--latency', 'low'], /^--latency is for --live and mic/)
  await wrong([jfk, '--live', '--latency', 'fast'], /'low'.*got 'fast'/)
  await wrong([jfk, '--device', 'hw:1'], /^--device is for 'voxpipe mic'/)
})

t.test('a pipe gets finals, each at once', async t => {
  const child = startCli([...fromPipe, '--latency', 'low'])
  child.stdin!.write(pcm)
  child.stdin!.write(silence)
  const result = resultOf(child)
  const [line] = (await once(child.stdout!, 'data')) as [Buffer]
  t.match(line.toString(), /^[^\n]+\n$/, 'while the pipe stays open')
  recognises(t, line.toString(), jfkStart)
  child.kill('SIGINT')
  const ended = await result
  t.ok(endedBy('SIGINT', ended))
  t.equal(ended.stdout, line.toString(), 'and no more')
  t.match(ended.stderr, /^voxpipe: stopping: .*\nvoxpipe: stopped before the/)
})

t.test('Ctrl-C finishes the open turn', async t => {
  const child = startCli([...fromPipe, '-f', 'jsonl', '--word_timestamps'])
  for (const bytes of [pcm, silence, pcm]) child.stdin!.write(bytes)
  const result = resultOf(child)
  let stdout = ''
  child.stdout!.on('data', text => (stdout += text))
  const has = (type: string, turn: string): boolean =>
    stdout.includes(`"type":"${type}","turn":"${turn}"`)
  while (!has('final', 'turn-1') || !has('speech-start', 'turn-2'))
    await once(child.stdout!, 'data')
  child.kill('SIGINT')
  const ended = await result
  t.ok(endedBy('SIGINT', ended))
  const events = ended.stdout
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line) as TranscriptEvent)
  const finals = events.filter(event => event.type === 'final')
  t.strictSame(
    finals.map(({ turn }) => turn),
    ['turn-1', 'turn-2'],
  )
  t.match(finals[1], { text: /\w/, words: [{ text: /\w/ }] })
  t.match(events.at(-1), { type: 'end', complete: false })
})

t.test('on a terminal', { skip: noPseudoTerminal }, async t => {
  const clip = (await ownClips()).find(({ id }) => id === 'austen-0870')!
  const command = [...cliCommand, clip.path, ...live]
  const terminal = new PseudoTerminal(command, cliEnv({ CI: '' }))
  const { code, lines } = await terminal.ended()
  t.equal(code, 0)
  // A machine that is too busy says so, and that stays as well.
  const text = lines.filter(line => !line.startsWith('voxpipe: warning: '))
  t.equal(text.length, 1, 'the final is all that stays')
  recognises(t, text[0]!, clip.text)
  t.notMatch(terminal.printed, /of 0:07/, 'no progress in between')
})

t.test('live captions on a terminal', { skip: noPseudoTerminal }, async t => {
  const clip = (await ownClips()).find(({ id }) => id === 'austen-0870')!
  const command = [...cliCommand, clip.path, ...live, '--profile', 'fcc-608']
  const terminal = new PseudoTerminal(command, cliEnv({ CI: '' }))
  const { code, lines } = await terminal.ended()
  t.equal(code, 0)
  const text = lines.filter(line => !line.startsWith('voxpipe: warning: '))
  t.equal(text.length, 3, 'the last three lines stay')
  t.ok(text.every(line => line.length <= 32))
  const shown = text.join(' ')
  const last = wordsOf(clip.text).slice(-wordsOf(shown).length)
  recognises(t, shown, last.join(' '))
})
