import t from 'tap'
import {
  type SessionConfig,
  defaultConfig,
  updateConfig,
} from '../../../lib/openai/wire/session-config.ts'
import {
  isSamePlan,
  planOf,
} from '../../../lib/server/realtime/session-plan.ts'
import { Engines } from '../../../lib/server/engines.ts'
import {
  scriptedRecognizer,
  type ScriptedRecognizerOptions,
} from '../../../lib/testing/index.ts'
import { resolveServerOptions } from '../../../lib/server/server-options.ts'

const engines = new Engines(resolveServerOptions({}))

const configOf = (input: object, { models } = engines): SessionConfig => {
  const update = { type: 'transcription', audio: { input } }
  const changed = updateConfig(defaultConfig, update, models)
  if ('error' in changed) throw new Error(changed.error.message)
  return changed.config
}

const plan = (input: object, by = engines) => planOf(configOf(input, by), by)
const model = (name: string, more = {}) => ({
  transcription: { model: name, ...more },
  turn_detection: null,
})

t.test('who finds turns, and who recognises them', async t => {
  t.match(planOf(defaultConfig, engines), { kind: 'turns', transcribes: false })
  t.match(plan({ turn_detection: null }), { kind: 'buffer' })
  t.match(plan(model('whisper-1')), { kind: 'manual', latency: undefined })
  t.match(plan(model('moonshine-base')), {
    kind: 'manual',
    engine: 'base',
    latency: 'balanced',
  })
})

t.test('how early text is shown', async t => {
  const latencies = Object.fromEntries(
    ['minimal', 'low', 'medium', 'high', 'xhigh', null].map(delay => [
      delay,
      plan(model('gpt-live-transcribe', { delay })).latency,
    ]),
  )
  t.same(latencies, {
    minimal: 'low',
    low: 'low',
    medium: 'balanced',
    high: 'accurate',
    xhigh: 'accurate',
    null: 'balanced',
  })
  t.equal(plan(model('whisper-1', { delay: 'low' })).latency, undefined)
})

t.test('settings of turns, within what the engine can', async t => {
  const turns = (turn_detection: object) => plan({ turn_detection }).turns
  t.same(turns({ type: 'server_vad' }), {
    threshold: 0.5,
    prefixPaddingMs: 300,
    silenceDurationMs: 200,
    shortTurnSilenceMs: 200,
  })
  const extremes = (value: number, ms: number) =>
    turns({
      type: 'server_vad',
      threshold: value,
      prefix_padding_ms: ms,
      silence_duration_ms: ms,
    })
  t.match(extremes(0, 0), {
    threshold: 0.2,
    prefixPaddingMs: 0,
    silenceDurationMs: 100,
  })
  t.match(extremes(1, 1e6), {
    threshold: 0.99,
    prefixPaddingMs: 2_000,
    silenceDurationMs: 5_000,
    shortTurnSilenceMs: 5_000,
  })
  const patience = ['low', 'medium', 'auto', 'high'].map(
    eagerness => turns({ type: 'semantic_vad', eagerness })?.silenceDurationMs,
  )
  t.same(patience, [5_000, 4_000, 4_000, 2_000])
})

t.test('what the engine need not know', async t => {
  const same = (a: object, b: object) => isSamePlan(plan(a), plan(b))
  t.ok(same(model('whisper-1'), model('gpt-4o-transcribe', { prompt: 'x' })))
  t.ok(same({ format: { type: 'audio/pcmu' } }, {}))
  t.notOk(same(model('whisper-1'), model('gpt-live-transcribe')))
  t.notOk(same(model('moonshine-tiny'), model('moonshine-base')))
  t.notOk(same(model('whisper-1'), { transcription: { model: 'whisper-1' } }))
})

const withRecognizer = (options: ScriptedRecognizerOptions): Engines =>
  new Engines(resolveServerOptions({ recognizer: scriptedRecognizer(options) }))

t.test('the language that the recogniser is told', async t => {
  const told = (input: object, options: ScriptedRecognizerOptions) =>
    plan(input, withRecognizer(options)).language
  const named = (more: object) => model('gpt-transcribe', more)
  const some = { languages: ['de', 'en'] }
  t.equal(told(named({}), some), undefined)
  t.equal(told(named({ language: 'German' }), some), 'de')
  t.equal(told(named({ languages: ['en-GB'] }), some), 'en')
  t.equal(told(named({ languages: ['en', 'de'] }), some), undefined)
  t.equal(told(named({ language: 'fr' }), {}), 'fr', 'any that it may know')
  t.equal(told(named({}), { languages: ['de'] }), 'de', 'the only one')
  t.equal(plan(named({})).language, 'en')
})

t.test('keywords are for a recogniser that takes them', async t => {
  const input = model('gpt-transcribe', { keywords: ['Dashwood'] })
  const takes = withRecognizer({ supportsKeywords: true })
  t.same(plan(input, takes).keywords, ['Dashwood'])
  t.notOk('keywords' in plan(input))
  t.notOk(isSamePlan(plan(input, takes), plan(model('gpt-transcribe'), takes)))
})
