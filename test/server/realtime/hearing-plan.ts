import t from 'tap'
import {
  type SessionConfig,
  defaultConfig,
  updateConfig,
} from '../../../lib/protocol/realtime/session-config.ts'
import {
  isSamePlan,
  planOf,
} from '../../../lib/server/realtime/hearing-plan.ts'
import { moonshineModels } from '../../../lib/server/served-models.ts'

const configOf = (input: object): SessionConfig => {
  const update = { type: 'transcription', audio: { input } }
  const changed = updateConfig(defaultConfig, update, moonshineModels)
  if ('error' in changed) throw new Error(changed.error.message)
  return changed.config
}

const engines = { models: moonshineModels, language: 'en' }
const plan = (input: object) => planOf(configOf(input), engines)
const model = (name: string, more = {}) => ({
  transcription: { model: name, ...more },
  turn_detection: null,
})

t.test('who finds turns, and who recognises them', async t => {
  t.match(planOf(defaultConfig, engines), { kind: 'turns', recognises: false })
  t.match(plan({ turn_detection: null }), { kind: 'hold' })
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
