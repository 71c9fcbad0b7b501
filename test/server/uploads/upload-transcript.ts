import t, { type Test } from 'tap'
import { EngineFailedError } from '../../../lib/core/errors.ts'
import { readCaptions } from '../../../lib/captions/index.ts'
import {
  scriptedRecognizer,
  type ScriptedRecognizerOptions,
} from '../../../lib/testing/index.ts'
import {
  formOf,
  openServer,
  type Part,
  speech,
  until,
  upload,
} from '../../fixtures/local-server.ts'
import { jfkRecognizer, jfkWords } from '../../fixtures/scripted.ts'
import { jfkText } from '../../fixtures/speech-clips.ts'

/** Gives what a recogniser was asked, and a way to upload the clip to it. */
const serve = async (
  t: Test,
  options: ScriptedRecognizerOptions,
  recognizer = jfkRecognizer(options),
) => {
  const server = await openServer(t, { recognizer })
  const ask = async (...parts: Part[]) => {
    const answer = await upload(
      server,
      formOf(...parts, ['file', speech, 'a.wav']),
    )
    const text = await answer.text()
    const isJson = answer.headers.get('content-type') === 'application/json'
    return {
      status: answer.status,
      body: isJson ? (JSON.parse(text) as Record<string, unknown>) : text,
    }
  }
  /** What it was told of the turns that it recognised. */
  const told = () => recognizer.jobs.filter(({ type }) => type === 'recognize')
  return { recognizer, server, ask, told }
}

const whisper: Part = ['model', 'whisper-1']
const verbose: Part = ['response_format', 'verbose_json']
const german = { languages: ['de', 'en'], language: 'de' }

t.test('the recogniser is told the language by its code', async t => {
  const { ask, told } = await serve(t, german)
  for (const language of ['de', 'DE', 'de-AT', 'German', 'deu'])
    t.match(await ask(whisper, ['language', language]), { status: 200 })
  t.match(await ask(['model', 'gpt-transcribe'], ['languages[]', 'german']), {
    status: 200,
  })
  await ask(whisper)
  await ask(
    ['model', 'gpt-transcribe'],
    ['languages[]', 'de'],
    ['languages[]', 'en'],
  )
  t.same(
    told().map(({ language }) => language),
    [...Array.from({ length: 6 }, () => 'de'), undefined, undefined],
  )
})

t.test('a language that it does not know is refused', async t => {
  const { ask, recognizer } = await serve(t, german)
  t.match(await ask(whisper, ['language', 'fr']), {
    status: 400,
    body: {
      error: {
        code: 'unsupported_value',
        param: 'language',
        message:
          "Invalid value for 'language'. This server transcribes German and English only: use 'de' or 'en', or leave it out.",
      },
    },
  })
  t.same(recognizer.jobs, [])
  const languages = Array.from(
    'aaabafakamanararasavayazbabebgbhbibmbnbobrbscacechcocrcs'.matchAll(/../g),
    ([code]) => code,
  )
  const many = await serve(t, { languages })
  const { body } = await many.ask(whisper, ['language', 'xh'])
  const { message } = (body as { error: { message: string } }).error
  t.match(message, /transcribes 28 languages only: use 'aa', 'ab', /)
})

t.test('a recogniser that knows any language is told any', async t => {
  const any = scriptedRecognizer({ words: jfkWords })
  const { ask, told } = await serve(t, {}, any)
  t.match(await ask(whisper, ['language', 'sw']), { status: 200 })
  t.equal(told()[0]!.language, 'sw')
})

t.test('the answer says in which language it was', async t => {
  const named: Part = ['language', 'en']
  const both: Part[] = [
    ['languages[]', 'de'],
    ['languages[]', 'en'],
  ]
  const heard = async (
    options: ScriptedRecognizerOptions,
    one: Part[] = [],
    several: Part[] = [],
  ) => {
    const { ask } = await serve(t, options)
    const whole = await ask(whisper, verbose, ...one)
    const short = await ask(['model', 'gpt-transcribe'], ...several)
    const own = await ask(['model', 'scripted'])
    return [whole, short, own].map(
      ({ body }) =>
        (body as Record<string, unknown>)['language'] ??
        (body as Record<string, unknown>)['languages'],
    )
  }
  const de = [{ code: 'de' }]
  t.same(await heard(german), ['german', de, de])
  t.same(await heard(german, [named], both), ['german', de, de])
  const silent = { languages: ['de', 'en'] }
  t.same(await heard(silent), ['unknown', [], []], 'it does not say')
  t.same(
    await heard(silent, [named], [['languages[]', 'en']]),
    ['english', [{ code: 'en' }], []],
    'then it is the one that the client named',
  )
  t.same(await heard({ languages: ['de'] }), ['german', de, de], 'the only one')
})

t.test('of several languages the one with the most speech is told', async t => {
  const { server, recognizer } = await serve(t, { repeatMs: 13_000 })
  const recognize = recognizer.recognize.bind(recognizer)
  recognizer.recognize = async (samples, options) => ({
    ...(await recognize(samples, options)),
    language: (options?.offset ?? 0) < 12 * 16_000 ? 'fr' : 'de',
  })
  const pcm = speech.subarray(44)
  const pause = Buffer.alloc(2 * 32_000)
  const header = Buffer.from(speech.subarray(0, 44))
  const data = Buffer.concat([pcm, pause, pcm, pause, pcm])
  header.writeUInt32LE(36 + data.length, 4)
  header.writeUInt32LE(data.length, 40)
  const file: Part = ['file', Buffer.concat([header, data]), 'b.wav']
  const body = async (...parts: Part[]) =>
    (await upload(server, formOf(...parts, file))).json()
  t.match(await body(whisper, verbose), { language: 'german' })
  t.match(await body(['model', 'gpt-transcribe']), {
    languages: [{ code: 'de' }, { code: 'fr' }],
  })
})

t.test('keywords are for a recogniser that takes them', async t => {
  const model: Part = ['model', 'gpt-transcribe']
  const keywords: Part = ['keywords[]', 'Americans']
  const takes = await serve(t, { supportsKeywords: true })
  t.match(await takes.ask(model, keywords), { status: 200 })
  t.match(await takes.ask(model), { status: 200 })
  t.same(
    takes.told().map(({ keywords }) => keywords),
    [['Americans'], undefined],
  )
  const not = await serve(t, {})
  t.match(await not.ask(model, keywords), { body: { text: jfkText } })
  t.equal(not.told()[0]!.keywords, undefined)
})

t.test('a recogniser that does not know how likely words are', async t => {
  const words = jfkWords.map(({ text, start, end }) => ({ text, start, end }))
  const { ask } = await serve(t, { words })
  const include: Part = ['include[]', 'logprobs']
  const { body } = await ask(['model', 'gpt-4o-transcribe'], include)
  t.match(body, { text: jfkText })
  t.notOk('logprobs' in (body as object), 'invents nothing')
  const streamed = await ask(['model', 'gpt-4o-transcribe'], include, [
    'stream',
    'true',
  ])
  t.match(streamed.body, '"transcript.text.done"')
  t.notMatch(streamed.body, 'logprobs')
  const whole = await ask(whisper, verbose)
  t.match(whole.body, { segments: [{ avg_logprob: 0 }] })
})

t.test('a recogniser that does not know when words are spoken', async t => {
  const { ask } = await serve(t, { wordTimes: false })
  t.match(await ask(whisper), { body: { text: jfkText } })
  t.match(await ask(whisper, ['response_format', 'text']), {
    body: `${jfkText}\n`,
  })
  for (const format of ['srt', 'vtt']) {
    const { body } = await ask(whisper, ['response_format', format])
    const cues = readCaptions(body as string)
    t.equal(cues.flatMap(({ lines }) => lines).join(' '), jfkText, format)
    for (const { start, end } of cues) t.ok(start < end && end <= 11_000)
  }
  const segment: Part = ['timestamp_granularities[]', 'segment']
  t.match(await ask(whisper, verbose, segment), {
    body: { text: jfkText, segments: [{ text: ` ${jfkText}` }] },
  })
  t.match(
    await ask(whisper, verbose, segment, ['timestamp_granularities[]', 'word']),
    {
      status: 400,
      body: {
        error: {
          code: 'unsupported_value',
          param: 'timestamp_granularities',
          message: /does not know when each word is spoken/,
        },
      },
    },
    'times of words are refused, not left out',
  )
  const streamed = await ask(['model', 'scripted'], ['stream', 'true'])
  t.match(streamed.body, `"text":"${jfkText}"`)
})

t.test('a recogniser without live text hears uploads all the same', async t => {
  for (const live of ['none', 'stream'] as const) {
    const { ask } = await serve(t, { live })
    t.match(await ask(whisper), { body: { text: jfkText } }, live)
  }
})

t.test('a recogniser that fails says nothing of itself', async t => {
  for (const error of [
    new Error('/secret/path broke'),
    new EngineFailedError('/secret/path broke'),
  ]) {
    const { ask } = await serve(t, {
      onJob: ({ type, number }) => {
        if (type === 'recognize' && number <= 2) throw error
      },
    })
    const failed = await ask(whisper)
    t.match(failed, { status: 500, body: { error: { type: 'server_error' } } })
    const streamed = await ask(['model', 'scripted'], ['stream', 'true'])
    t.match(streamed.body, /^data: \{"error":\{.*"server_error"/m)
    t.notMatch(JSON.stringify([failed, streamed]), 'secret')
    t.match(
      await ask(whisper),
      { body: { text: jfkText } },
      'the next is heard',
    )
  }
})

t.test('a recogniser that cannot work fails every upload', async t => {
  const { ask, recognizer } = await serve(t, {})
  let asked = 0
  Object.assign(recognizer, {
    ready: async () => {
      if (++asked === 1) throw new Error('/secret/path is missing')
    },
  })
  const failed = await ask(whisper)
  t.equal(failed.status, 500)
  t.notMatch(JSON.stringify(failed), 'secret')
  t.same(recognizer.jobs, [], 'and is given no audio')
  t.match(await ask(whisper), { body: { text: jfkText } })
})

t.test('whoever is gone does not wait for a slow recogniser', async t => {
  let aborted: Promise<unknown> | undefined
  const { server } = await serve(t, {
    onJob: ({ signal }) => {
      if (!signal) return // it becomes ready
      aborted = new Promise(resolve =>
        signal.addEventListener('abort', resolve, { once: true }),
      )
      return new Promise(() => {}) // it never answers
    },
  })
  const abort = new AbortController()
  const gone = t.rejects(
    fetch(`${server.baseURL}/audio/transcriptions`, {
      method: 'POST',
      body: formOf(whisper, ['file', speech, 'a.wav']),
      signal: abort.signal,
    }),
  )
  await until(() => aborted !== undefined)
  abort.abort()
  await gone
  await aborted
  t.pass('its job is withdrawn')
})
