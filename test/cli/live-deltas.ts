import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import t from 'tap'
import type { TranscriptEvent } from '../../lib/core/transcript-event.ts'
import {
  cliCommand,
  cliEnv,
  endedBy,
  resultOf,
  startCli,
} from '../fixtures/cli.ts'
import { program } from '../fixtures/programs.ts'
import {
  noPseudoTerminal,
  PseudoTerminal,
} from '../fixtures/pseudo-terminal.ts'
import { jfk } from '../fixtures/speech-clips.ts'

const noDeltas = 'until the engine emits deltas'

const pcm = readFileSync(jfk).subarray(44)
/** A tenth of a second. */
const piece = 3200

t.test('each delta comes at once with jsonl', { skip: noDeltas }, async t => {
  const child = startCli(['--raw', 's16le:16000', '-', '--live', '-f', 'jsonl'])
  const result = resultOf(child)
  let stdout = ''
  child.stdout!.on('data', text => (stdout += text))
  const has = (type: string): boolean => stdout.includes(`"type":"${type}"`)
  for (let at = 0; at < pcm.length && !has('delta'); at += piece) {
    child.stdin!.write(pcm.subarray(at, at + piece))
    await wait(50) // twice as fast as it was spoken
  }
  while (!has('delta')) await once(child.stdout!, 'data')
  t.notOk(has('final'), 'in mid-turn, while the pipe stays open')
  child.kill('SIGINT')
  const ended = await result
  t.ok(endedBy('SIGINT', ended))
  const events = ended.stdout
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line) as TranscriptEvent)
  const types = events.map(({ type }) => type)
  t.ok(types.lastIndexOf('delta') < types.indexOf('final'))
  t.match(
    events.find(({ type }) => type === 'final'),
    { text: /^And so/i },
    'Ctrl-C finishes the open turn',
  )
})

t.test(
  'a terminal shows deltas, and the final in their place',
  { skip: noDeltas || noPseudoTerminal },
  async t => {
    const dir = t.testdir({})
    writeFileSync(join(dir, 'pcm'), pcm)
    // As fast as it was spoken twice; then the microphone hears nothing.
    const script = `PATH=/usr/bin:/bin
exec < '${dir}/pcm'
while dd bs=${piece} count=1 2> '${dir}/dd'; do sleep 0.05; done`
    const PATH = join(dir, 'bin')
    program(PATH, 'arecord', script)
    const env = cliEnv({ CI: '', NO_COLOR: '', PATH: `${PATH}:/usr/bin:/bin` })
    const command = [...cliCommand, 'mic', '--quiet']
    const terminal = new PseudoTerminal(command, env)
    // oxlint-disable-next-line no-control-regex
    await terminal.shows(/\u001B\[2m[^\u001B]*\w{2}/)
    t.notMatch(terminal.printed, '\n', 'on one line, in mid-turn')
    terminal.interrupt()
    const { code, lines } = await terminal.ended()
    t.equal(code, 130)
    t.equal(lines.length, 1, 'the deltas are gone')
    t.match(lines[0], /^And so/i)
  },
)
