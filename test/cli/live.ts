import { readFileSync } from 'node:fs'
import t from 'tap'
import type { TranscriptEvent } from '../../lib/core/transcript-event.ts'
import { cli, CliRun, onlyLine } from '../fixtures/cli.ts'
import { jfkRecognizer, jfkWords, scriptOf } from '../fixtures/scripted.ts'
import { jfk, jfkStart, ownClips } from '../fixtures/speech-clips.ts'
import { TestTerminal } from '../fixtures/terminal.ts'

/** The first words of the clip. */
const pcm = readFileSync(jfk).subarray(44, 102_444)
const silence = Buffer.alloc(48_000)
const fromPipe = ['--raw', 's16le:16000', '-', '--live']

t.test('refuses wrong usage', async t => {
  const wrong = async (args: string[], message: RegExp): Promise<void> => {
    const result = await cli(args)
    t.match(onlyLine(result), message, args.join(' '))
    t.match(result, { code: 2, stdout: '' })
  }
  await wrong(
    [jfk, '--latency', 'low'],
    /^--latency is only for --live and mic/,
  )
  await wrong([jfk, '--live', '--latency', 'fast'], /'low'.*got 'fast'/)
  await wrong([jfk, '--device', 'hw:1'], /^--device is only for 'voxpipe mic'/)
})

t.test('writes each final to a pipe immediately', async t => {
  const command = new CliRun([...fromPipe, '--latency', 'low'])
  command.stdin.write(pcm)
  command.stdin.write(silence)
  await command.stdout.has(/\n/)
  const line = command.stdout.text
  t.equal(line, `${jfkStart}\n`, 'while the pipe stays open')
  command.interrupt()
  const ended = await command.ended
  t.equal(ended.code, 130)
  t.equal(ended.stdout, line, 'and no more')
  t.match(ended.stderr, /^voxpipe: stopping: .*\nvoxpipe: stopped before the/)
})

t.test('Ctrl-C finishes the open turn', async t => {
  // The words, a silence, and the words again.
  const audio = Buffer.concat([pcm, silence, pcm])
  const recognizer = jfkRecognizer({
    words: jfkWords.slice(0, 5),
    repeatMs: (pcm.length + silence.length) / 32,
  })
  const args = [...fromPipe, '-f', 'jsonl', '--word_timestamps']
  const command = new CliRun(args, { recognizer })
  command.stdin.write(audio)
  await command.stdout.has(/"type":"final","turn":"turn-1"/)
  await command.stdout.has(/"type":"speech-start","turn":"turn-2"/)
  command.interrupt()
  const ended = await command.ended
  t.equal(ended.code, 130)
  const events = ended.stdout
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line) as TranscriptEvent)
  const finals = events.filter(event => event.type === 'final')
  t.strictSame(
    finals.map(({ turn }) => turn),
    ['turn-1', 'turn-2'],
  )
  t.equal(finals[0]!.text, jfkStart)
  t.match(finals[1], { text: /^And\b/, words: [{ text: 'And' }] })
  t.ok(jfkStart.startsWith(finals[1]!.text), 'as far as it was decoded')
  t.match(events.at(-1), { type: 'end', complete: false })
})

const austen = (await ownClips()).find(({ id }) => id === 'austen-0870')!

/** What a live transcript of a clip leaves on a terminal. */
const shown = async (...args: string[]) => {
  const screen = new TestTerminal(40)
  const command = new CliRun([austen.path, '--live', ...args], {
    env: { CI: '', TERM: 'xterm' },
    screen,
    recognizer: jfkRecognizer({ words: scriptOf(austen) }),
  })
  const { code } = await command.ended
  // A machine that is too busy says so, and that stays as well.
  const text = screen.lines.filter(
    line => !line.startsWith('voxpipe: warning: '),
  )
  return { code, text, printed: command.stdout.text + command.stderr.text }
}

t.test('on a terminal the final is all that stays', async t => {
  const { code, text, printed } = await shown()
  t.equal(code, 0)
  t.equal(text.join('\n'), austen.text)
  t.notMatch(printed, /of 0:07/, 'no progress in between')
})

t.test('live captions on a terminal: the last three lines stay', async t => {
  const { code, text } = await shown('--profile', 'fcc-608')
  t.equal(code, 0)
  t.equal(text.length, 3)
  t.ok(text.every(line => line.length <= 32))
  t.ok(austen.text.endsWith(text.join(' ')), text.join(' '))
})
