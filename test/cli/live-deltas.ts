import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import t from 'tap'
import { wordsOf } from '../../lib/bench/word-errors.ts'
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
import { ownClips } from '../fixtures/speech-clips.ts'
import { ESC } from '../fixtures/terminal.ts'
import { recognises } from '../fixtures/recognised.ts'

/** A story of 25 s without long pauses: no turn is soon over. */
const clips = (await ownClips()).filter(({ id }) => id.startsWith('austen'))
const pcm = Buffer.concat(
  clips.map(({ path }) => readFileSync(path).subarray(44)),
)
/** A tenth of a second. */
const piece = 3200
const model = ['--model', 'tiny']

/** Events of the lines that are whole. */
const eventsIn = (stdout: string): TranscriptEvent[] =>
  stdout
    .split('\n')
    .slice(0, -1)
    .map(line => JSON.parse(line) as TranscriptEvent)

/** A turn that had a delta before its speech was over. */
const openTurnIn = (stdout: string): string | undefined => {
  const over = new Set<string>()
  for (const event of eventsIn(stdout))
    if (event.type === 'speech-end') over.add(event.turn)
    else if (event.type === 'delta' && !over.has(event.turn)) return event.turn
  return undefined
}

t.test('each delta comes at once with jsonl', async t => {
  const args = ['--raw', 's16le:16000', '-', '--live', '-f', 'jsonl', ...model]
  const child = startCli(args)
  const result = resultOf(child)
  let stdout = ''
  child.stdout!.on('data', text => (stdout += text))
  // A machine that is slow to start has missed a turn or two by then.
  let turn: string | undefined
  for (let at = 0; !turn; at = (at + piece) % pcm.length) {
    child.stdin!.write(pcm.subarray(at, at + piece))
    await wait(100) // as fast as it was spoken
    turn = openTurnIn(stdout)
  }
  child.kill('SIGINT')
  const ended = await result
  t.ok(endedBy('SIGINT', ended))
  const events = eventsIn(ended.stdout)
  const ofTurn = events.flatMap(event =>
    (event.type === 'delta' || event.type === 'final') && event.turn === turn
      ? [event]
      : [],
  )
  const final = ofTurn.at(-1)
  t.match(final, { type: 'final', text: /\w/ }, 'Ctrl-C finishes the open turn')
  const deltas = ofTurn.slice(0, -1)
  t.ok(
    deltas.every(({ type }) => type === 'delta'),
    'and nothing of it comes after its final',
  )
})

t.test(
  'a terminal shows deltas, and the final in their place',
  { skip: noPseudoTerminal },
  async t => {
    const dir = t.testdir({})
    writeFileSync(join(dir, 'pcm'), pcm)
    // As fast as it was spoken; then the microphone hears nothing.
    const script = `PATH=/usr/bin:/bin
exec < '${dir}/pcm'
while dd bs=${piece} count=1 2> '${dir}/dd'; do sleep 0.1; done`
    const PATH = join(dir, 'bin')
    program(PATH, 'arecord', script)
    const env = cliEnv({ CI: '', NO_COLOR: '', PATH: `${PATH}:/usr/bin:/bin` })
    const command = [...cliCommand, 'mic', '--quiet', ...model]
    const terminal = new PseudoTerminal(command, env)
    await terminal.shows(new RegExp(`${ESC}\\[2m[^${ESC}]*\\w{2}`))
    terminal.interrupt()
    const { code, lines } = await terminal.ended()
    t.equal(code, 130)
    const text = lines.filter(line => !line.startsWith('voxpipe: warning: '))
    // Ctrl-C may come in mid-word.
    const said = wordsOf(text.join(' ')).slice(0, -1)
    const story = wordsOf(clips.map(clip => clip.text).join(' '))
    // Deltas that stayed would be the same words once more.
    recognises(t, said.join(' '), story.slice(0, said.length).join(' '))
  },
)
