import t from 'tap'
import {
  openEngine,
  type TranscribeCommandOptions,
} from '../../lib/cli/transcribe-settings.ts'
import { exitCodeFor } from '../../lib/cli/cli-error.ts'
import { Interrupt } from '../../lib/cli/interrupt.ts'
import { Reporter } from '../../lib/cli/reporter.ts'
import { Terminal } from '../../lib/cli/terminal.ts'

const open = async (
  options: TranscribeCommandOptions,
  { needsTimes = false, env = { OPENAI_API_KEY: 'sk-CANARY' } } = {},
) => {
  const { signal } = new AbortController()
  const terminal = new Terminal({ env, signal })
  const reporter = new Reporter(terminal, { quiet: true })
  const context = { terminal, reporter }
  const interrupt = new Interrupt(context)
  try {
    return await openEngine(options, needsTimes, context, interrupt)
  } finally {
    interrupt.close()
  }
}

t.test('refuses options that the engine does not use', async t => {
  const openai = { engine: 'openai' }
  const wrong: [TranscribeCommandOptions, RegExp][] = [
    [{ engine: 'whisper' }, /^there is no engine 'whisper'; use local or open/],
    [{ prompt: 'x' }, /^the local engine takes no prompt; use --engine openai/],
    [{ keyword: ['x'] }, /^the local engine takes no keywords; use --engine/],
    [{ latency: 'low' }, /^--latency is only for --live and mic; add --live/],
    [{ ...openai, latency: 'low' }, /^--latency is only for --live and mic/],
    [{ ...openai, live: true, latency: 'low' }, /is only for the local engine/],
    [
      { ...openai, modelDir: 'x' },
      /^--model-dir is only for the local engine and/,
    ],
  ]
  for (const [options, message] of wrong)
    try {
      await open(options)
      t.fail(`${JSON.stringify(options)} is taken`)
    } catch (error) {
      t.match(error, { message })
      t.equal(exitCodeFor(error), 2)
    }
})

t.test('captions need times; who names a model has chosen', async t => {
  const wordTimes = async (
    options: TranscribeCommandOptions,
    needsTimes: boolean,
  ) =>
    (await open({ engine: 'openai', ...options }, { needsTimes })).options
      .wordTimes
  t.equal(await wordTimes({}, false), false)
  t.equal(await wordTimes({}, true), true)
  t.equal(await wordTimes({ wordTimestamps: true }, false), true)
  t.equal(await wordTimes({ model: 'gpt-transcribe' }, true), false)
  t.equal(await wordTimes({ live: true }, true), false)
})

t.test('requires a key', async t => {
  try {
    await open({ engine: 'openai' }, { env: { OPENAI_API_KEY: '' } })
    t.fail('it opens')
  } catch (error) {
    t.match(error, { code: 'VOX_KEY_MISSING' })
    t.equal(exitCodeFor(error), 4)
  }
})
