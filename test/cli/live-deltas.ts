import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { TranscriptEvent } from '../../lib/core/transcript-event.ts'
import { CliRun } from '../fixtures/cli.ts'
import { processEnv, scriptedCommand } from '../fixtures/cli-process.ts'
import { program } from '../fixtures/programs.ts'
import {
  noPseudoTerminal,
  PseudoTerminal,
} from '../fixtures/pseudo-terminal.ts'
import { jfkRecognizer } from '../fixtures/scripted.ts'
import { jfk, jfkText } from '../fixtures/speech-clips.ts'
import { ESC } from '../fixtures/terminal.ts'

const pcm = readFileSync(jfk).subarray(44)
/** A tenth of a second. */
const piece = 3200

t.test('each delta comes at once with jsonl', async t => {
  const args = ['--raw', 's16le:16000', '-', '--live', '-f', 'jsonl']
  // Up to the middle of the fifth word, more comes once what came before has
  // been decoded.
  let at = 0
  const more = (): void => {
    if (at >= 20 * piece) return
    command.stdin.write(pcm.subarray(at, (at += 5 * piece)))
  }
  const recognizer = jfkRecognizer({
    onJob: ({ type }) => void (type === 'partial' && more()),
  })
  const command = new CliRun(args, { recognizer })
  more()
  more()
  await command.stdout.has(/"type":"delta"/)
  t.notMatch(command.stdout.text, /"speech-end"/, 'while the turn is open')
  command.interrupt()
  const ended = await command.ended
  t.equal(ended.code, 130)
  const events = ended.stdout
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line) as TranscriptEvent)
  const texts = events.filter(
    event => event.type === 'delta' || event.type === 'final',
  )
  t.match(
    texts.at(-1),
    { type: 'final', text: /^And so my fellow\b/ },
    'Ctrl-C finishes the open turn',
  )
  t.ok(
    texts.slice(0, -1).every(({ type }) => type === 'delta'),
    'and nothing of it comes after its final',
  )
})

t.test(
  'a terminal shows deltas, and the final in their place',
  { skip: noPseudoTerminal },
  async t => {
    const dir = t.testdir({ pcm })
    const PATH = join(dir, 'bin')
    // As fast as it was spoken, again and again.
    const script = `PATH=/usr/bin:/bin
while :; do
  i=0
  while [ $i -lt ${pcm.length / piece} ]; do
    dd if='${dir}/pcm' bs=${piece} skip=$i count=1 2> '${dir}/dd' || exit
    i=$((i + 1))
    sleep 0.1
  done
done`
    program(PATH, 'arecord', script)
    const env = processEnv({
      CI: '',
      NO_COLOR: '',
      PATH: `${PATH}:/usr/bin:/bin`,
    })
    const command = [...scriptedCommand, 'mic', '--quiet']
    const terminal = new PseudoTerminal(command, env)
    await terminal.shows(new RegExp(`${ESC}\\[2m[^${ESC}]*\\w{2}`))
    terminal.interrupt()
    const { code, lines } = await terminal.ended()
    t.equal(code, 130)
    const text = lines.filter(line => !line.startsWith('voxpipe: warning: '))
    // Deltas that stayed would be the same words once more.
    t.match(text.join(' '), /^And\b/)
    const story = `${jfkText} `.repeat(100)
    t.ok(story.startsWith(text.join(' ')), text.join(' '))
  },
)
