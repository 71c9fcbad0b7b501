import t from 'tap'
import { cli, onlyLine } from '../fixtures/cli.ts'

t.test('prints the choice, why, and the command', async t => {
  const wishes = ['--waiting', '--language', 'de']
  const { code, stdout, stderr } = await cli(['choose', ...wishes])
  t.match({ code, stderr }, { code: 0, stderr: '' })
  t.equal(
    stdout,
    `openai gpt-transcribe (file-stream)
The local engine does not support 'de', only English. Someone waits for the text: gpt-transcribe sends it while it transcribes. The audio is sent to OpenAI, which charges for it.
voxpipe FILE --engine openai --model gpt-transcribe --language de
`,
  )
  const offline = await cli(['choose', '--offline', '--live', '--language=en'])
  t.match(offline, { code: 0, stderr: '' })
  t.match(offline.stdout, /^local base \(local-live\)\n/)
  t.match(offline.stdout, /\nvoxpipe - --live --model base --language en\n$/)
})

t.test('without needs, chooses the default engine', async t => {
  const { stdout } = await cli(['choose'])
  t.equal(
    stdout,
    `local tiny (local)
The local engine keeps the audio on this machine.
voxpipe FILE --model tiny
`,
  )
})

t.test('warns about needs that are not met', async t => {
  const result = await cli([
    'choose',
    '--live',
    '--word-times',
    '--language=de',
  ])
  t.match(result, { code: 0, stdout: /^openai gpt-live-transcribe \(realtime/ })
  t.match(onlyLine(result), /^warning: no model of OpenAI returns word times/)
})

t.test('as JSON, warnings and all', async t => {
  const words = ['--speaker-labels', '--word-timestamps', '--language', 'qu']
  const result = await cli(['choose', ...words, '-f', 'json'])
  t.match(result, { code: 0, stderr: '' })
  t.match(JSON.parse(result.stdout), {
    engine: 'openai',
    model: 'gpt-4o-transcribe-diarize',
    mode: 'file',
    reason: /identifies speakers/,
    warnings: [{ code: 'VOX_OPTION' }, { code: 'VOX_LANGUAGE' }],
    command:
      'voxpipe FILE --engine openai --model gpt-4o-transcribe-diarize --language qu',
  })
})

t.test('reports impossible needs in one line', async t => {
  const wrong: [string[], RegExp][] = [
    [['--offline', '--language', 'de'], /not supported by the local engine/],
    [['--offline', '--engine', 'openai'], /'offline' keeps audio/],
    [['--engine', 'deepgram'], /'engine' must be one of/],
    [['--language', 'klingonese'], /must be a code such as 'en'/],
    [['--speakers', 'talk.rttm'], /use --speaker-labels/],
    [['-f', 'srt'], /cannot write 'srt'; use txt or json/],
    [['--offlien'], /did you mean --offline\?/],
  ]
  for (const [words, message] of wrong) {
    const result = await cli(['choose', ...words])
    t.match(result, { code: 2, stdout: '' }, words.join(' '))
    t.match(onlyLine(result), message)
  }
})
