import t, { type Test } from 'tap'
import {
  planSession,
  type SemanticVad,
  type ServerVad,
  type RealtimeSessionOptions,
  resolveTiming,
} from '../../../lib/openai/realtime/session-settings.ts'
import { openaiModels } from '../../../lib/openai/wire/openai-models.ts'

/** What a session is told of transcription. */
const told = (wishes: RealtimeSessionOptions): object =>
  planSession(wishes).config.audio.input.transcription

const refuses = (
  t: Test,
  option: string,
  wishes: object,
  message: RegExp = /./,
  turns?: object,
): void => {
  const plan = (): unknown =>
    planSession(wishes, turns as ServerVad | undefined)
  const name = JSON.stringify([wishes, turns])
  t.throws(plan, { code: 'VOX_OPTION', option, message }, name)
}

t.test('builds the default configuration', async t => {
  t.same(planSession({}), {
    model: 'gpt-live-transcribe',
    family: 'live',
    serverTurns: undefined,
    config: {
      type: 'transcription',
      audio: {
        input: {
          format: { type: 'audio/pcm', rate: 24_000 },
          transcription: { model: 'gpt-live-transcribe' },
          noise_reduction: null,
          turn_detection: null,
        },
      },
    },
  })
})

t.test('builds a configuration with all options', async t => {
  const { config } = planSession({
    model: 'gpt-live-transcribe',
    languages: ['en', 'es'],
    keywords: ['voxpipe'],
    prompt: 'Of streams.',
    delay: 'minimal',
    noiseReduction: 'far_field',
  })
  t.match(config.audio.input, {
    transcription: {
      languages: ['en', 'es'],
      keywords: ['voxpipe'],
      prompt: 'Of streams.',
      delay: 'minimal',
    },
    noise_reduction: { type: 'far_field' },
    turn_detection: null,
  })
  t.notOk('include' in config)
  const { config: probable } = planSession({
    model: 'gpt-4o-transcribe',
    logprobs: true,
  })
  t.same(probable.include, ['item.input_audio_transcription.logprobs'])
})

t.test('sends one language in the form of the model', async t => {
  const asOne = ['gpt-4o-transcribe', 'gpt-4o-mini-transcribe', 'whisper-1']
  for (const model of [...asOne, 'gpt-realtime-whisper'])
    t.same(told({ model, language: 'en' }), { model, language: 'en' })
  for (const model of ['gpt-transcribe', 'gpt-live-transcribe'])
    t.same(told({ model, language: 'en' }), { model, languages: ['en'] })
})

/** For each wish, the models that it can be had of. */
const wishes: [
  keyof RealtimeSessionOptions,
  RealtimeSessionOptions,
  string[],
][] = [
  [
    'prompt',
    { prompt: 'Of streams.' },
    [
      'gpt-transcribe',
      'gpt-live-transcribe',
      'gpt-4o-transcribe',
      'gpt-4o-mini-transcribe',
      'gpt-4o-mini-transcribe-2025-12-15',
      'whisper-1',
    ],
  ],
  [
    'keywords',
    { keywords: ['voxpipe'] },
    ['gpt-transcribe', 'gpt-live-transcribe'],
  ],
  [
    'languages',
    { languages: ['en'] },
    ['gpt-transcribe', 'gpt-live-transcribe'],
  ],
  ['delay', { delay: 'low' }, ['gpt-live-transcribe', 'gpt-realtime-whisper']],
  [
    'logprobs',
    { logprobs: true },
    [
      'gpt-4o-transcribe',
      'gpt-4o-mini-transcribe',
      'gpt-4o-mini-transcribe-2025-12-15',
    ],
  ],
]

const models = Object.keys(openaiModels).filter(
  model => openaiModels[model]!.realtime,
)

for (const [option, wish, able] of wishes)
  t.test(`${option}: of those that can, and of no others`, async t => {
    for (const model of models)
      if (able.includes(model))
        t.doesNotThrow(() => planSession({ model, ...wish }), model)
      else
        refuses(
          t,
          option,
          { model, ...wish },
          /cannot be used with|are not available from/,
        )
  })

t.test('a model that is not for live speech', async t => {
  const model = 'gpt-4o-transcribe-diarize'
  refuses(t, 'model', { model }, /FileTranscriber for 'gpt-4o-transcribe-/)
  for (const model of ['', 7, null]) refuses(t, 'model', { model })
})

t.test('accepts all options for unknown models', async t => {
  const model = 'parakeet'
  const all = { prompt: 'p', keywords: ['k'], delay: 'low' } as const
  const plan = planSession({ model, ...all, language: 'en', logprobs: true })
  t.equal(plan.family, 'committed')
  t.same(plan.config.audio.input.transcription, {
    model,
    ...all,
    language: 'en',
  })
  t.same(told({ model, languages: ['en'] }), { model, languages: ['en'] })
})

t.test('refuses invalid options', async t => {
  const model = 'gpt-live-transcribe'
  for (const keyword of ['<b>', 'a>b', 'a\nb', 'a\r'])
    refuses(
      t,
      'keywords',
      { model, keywords: ['fine', keyword] },
      /cannot contain </,
    )
  for (const keywords of [[], 'voxpipe', [''], [7]])
    refuses(t, 'keywords', { model, keywords })
  for (const languages of [[], 'en', ['']])
    refuses(t, 'languages', { model, languages })
  const both = { model, language: 'en', languages: ['en'] }
  refuses(t, 'languages', both, /cannot be combined/)
  for (const text of ['', 7, null]) {
    refuses(t, 'language', { model, language: text })
    refuses(t, 'prompt', { model, prompt: text })
  }
  refuses(t, 'delay', { model, delay: 'none' })
  refuses(t, 'noiseReduction', { model, noiseReduction: 'mid_field' })
})

t.test('turns that the server finds', async t => {
  const of = (turns: ServerVad | SemanticVad): object | undefined =>
    planSession({ model: 'gpt-transcribe' }, turns).serverTurns
  t.same(of({ type: 'server_vad' }), {
    type: 'server_vad',
    threshold: 0.5,
    prefix_padding_ms: 300,
    silence_duration_ms: 500,
  })
  t.same(
    of({
      type: 'server_vad',
      threshold: 0,
      prefixPaddingMs: 0,
      silenceDurationMs: 200,
    }),
    {
      type: 'server_vad',
      threshold: 0,
      prefix_padding_ms: 0,
      silence_duration_ms: 200,
    },
  )
  t.same(of({ type: 'semantic_vad' }), {
    type: 'semantic_vad',
    eagerness: 'auto',
  })
  t.match(of({ type: 'semantic_vad', eagerness: 'high' }), {
    eagerness: 'high',
  })
})

t.test('turns that the server cannot find', async t => {
  const wrong: [string, object][] = [
    ['threshold', { threshold: 1.1 }],
    ['threshold', { threshold: '0.5' }],
    ['prefixPaddingMs', { prefixPaddingMs: -1 }],
    ['silenceDurationMs', { silenceDurationMs: 0 }],
    ['silenceDurationMs', { silenceDurationMs: NaN }],
    ['eagerness', { type: 'semantic_vad', eagerness: 'eager' }],
  ]
  const model = 'gpt-transcribe'
  for (const [option, more] of wrong) {
    const turns = { type: 'server_vad', ...more }
    refuses(t, `turnDetection.${option}`, { model }, /./, turns)
  }
  for (const model of models) {
    const { family } = openaiModels[model]!.realtime!
    for (const type of ['server_vad', 'semantic_vad'] as const)
      if (family === 'live')
        refuses(t, 'turnDetection', { model }, /finds no turns/, { type })
      else t.ok(planSession({ model }, { type }).serverTurns)
  }
})

t.test('uses the documented defaults', async t => {
  const defaults = {
    connectMs: 10_000,
    pingMs: 10_000,
    answerMs: 30_000,
    reconnectMs: 500,
    reconnectMaxMs: 8_000,
    giveUpMs: 60_000,
    drainMs: 30_000,
    rotateMs: 3_300_000,
    settleMs: 300,
  }
  t.same(resolveTiming(), defaults)
  const given = { pingMs: 50, answerMs: undefined } as object
  t.same(resolveTiming(given), { ...defaults, pingMs: 50 })
  t.same(resolveTiming(), defaults, 'nothing of it stays')
})

t.test('refuses invalid times', async t => {
  const wrong: Record<string, unknown>[] = [
    { pingMs: 0 },
    { pingMs: '50' },
    { answerMs: NaN },
    { drainMs: Infinity },
    { rotateMs: 2 ** 31 },
    { settleMs: -1 },
    { connectMs: null },
    { pongMs: 50 },
  ]
  for (const timing of wrong) {
    const [name] = Object.keys(timing)
    t.throws(() => resolveTiming(timing), {
      code: 'VOX_OPTION',
      option: `timing.${name}`,
    })
  }
  t.equal(resolveTiming({ settleMs: 0 }).settleMs, 0)
})

t.test('refuses names that every object has', async t => {
  for (const name of ['toString', 'constructor'])
    t.throws(() => resolveTiming({ [name]: 50 }), {
      code: 'VOX_OPTION',
      option: `timing.${name}`,
    })
})
