import { readFileSync } from 'node:fs'
import OpenAI, {
  APIError,
  AuthenticationError,
  BadRequestError,
  NotFoundError,
  RateLimitError,
  toFile,
} from 'openai7'
import type { TranscriptionCreateParamsNonStreaming as Params } from 'openai7/resources/audio/transcriptions'
import t from 'tap'
import { metric, openServer, until } from '../../fixtures/local-server.ts'
import { jfkRecognizer } from '../../fixtures/scripted.ts'
import { clientOf } from '../../fixtures/served.ts'
import { jfk, jfkText } from '../../fixtures/speech-clips.ts'
import { refusal } from '../../fixtures/upload-client.ts'

const bytes = readFileSync(jfk)
const file = (name = 'talk.wav', content: Uint8Array = bytes) =>
  toFile(content, name)

const server = await openServer(t)
const client = clientOf(server)

/** What a request fails with. */
const failed = async (params: Partial<Params>, by = client) =>
  refusal(
    by.audio.transcriptions.create({
      file: await file(),
      model: 'whisper-1',
      ...params,
    } as Params),
  )

t.test('refuses what it does not support', async t => {
  const wrong: [Partial<Params>, object][] = [
    [{ language: 'de' }, { param: 'language', message: /English/ }],
    [
      { model: 'gpt-transcribe', languages: ['en', 'fr'] },
      { param: 'languages', message: /English/ },
    ],
    [
      { model: 'gpt-4o-transcribe', response_format: 'verbose_json' },
      { code: 'unsupported_value', param: 'response_format' },
    ],
    [
      { model: 'scripted', response_format: 'diarized_json' },
      { code: 'unsupported_value', param: 'response_format' },
    ],
    [
      { file: await file('talk.bin') },
      { code: 'unsupported_value', param: 'file' },
    ],
    [
      { file: await file('talk.wav', Buffer.from('no audio '.repeat(999))) },
      { code: 'invalid_value', message: /corrupted or unsupported/ },
    ],
    [{ file: await file('talk.wav', bytes.subarray(0, 44 + 200)) }, {}],
    [{ include: ['logprobs'] }, { code: 'unsupported_value' }],
  ]
  for (const [params, found] of wrong) {
    const error = await failed(params)
    const name = JSON.stringify({ ...params, file: undefined })
    t.type(error, BadRequestError, name)
    t.match(
      error,
      { status: 400, type: 'invalid_request_error', ...found },
      name,
    )
  }
})

t.test('refuses to identify speakers', async t => {
  const error = await failed({
    model: 'gpt-4o-transcribe-diarize',
    chunking_strategy: 'auto',
  })
  t.type(error, BadRequestError)
  t.match(error, { code: 'unsupported_value', param: 'model' })
})

t.test('refuses unknown models', async t => {
  const error = await failed({ model: 'whisper-9' })
  t.type(error, NotFoundError)
  t.match(error, { code: 'model_not_found', param: 'model' })
})

t.test('translations', async t => {
  const request = client.audio.translations.create({
    file: await file(),
    model: 'whisper-1',
  })
  const error = await refusal(request)
  t.ok(error instanceof APIError)
  t.match(error, { status: /^4\d\d$/, message: /translat/i })
})

t.test('refuses uploads that are too large', async t => {
  const large = Buffer.alloc(26_214_400, 1)
  const error = await failed({ file: await file('talk.wav', large) })
  t.ok(error instanceof APIError)
  t.match(error, {
    status: 413,
    message: /Maximum content size limit \(26214400\) exceeded/,
  })
})

t.test('keys', async t => {
  const key = 'sk-right-0123456789'
  const asks = await openServer(t, { apiKeys: [key] })
  const wrong = await failed({}, clientOf(asks, 'sk-wrong-0123456789'))
  t.type(wrong, AuthenticationError)
  t.match(wrong, { status: 401, code: 'invalid_api_key' })
  t.notMatch((wrong as Error).message, /sk-wrong-0123456789/)
  t.type(await refusal(clientOf(asks, 'no').models.list()), AuthenticationError)
  const right = await clientOf(asks, key).audio.transcriptions.create({
    file: await file(),
    model: 'whisper-1',
  })
  t.equal(right.text, jfkText)
})

t.test('refuses too many uploads, and the client retries', async t => {
  let release = (): void => {}
  let held: Promise<void> | undefined
  const hold = (): void => {
    held = new Promise(resolve => (release = resolve))
  }
  const recognizer = jfkRecognizer({ onJob: () => held })
  const narrow = await openServer(t, {
    recognizer,
    maxUploads: 1,
    maxWaiting: 0,
  })
  const { baseURL } = narrow
  const apiKey = 'any'
  const impatient = new OpenAI({ apiKey, baseURL, maxRetries: 0 })
  const patient = new OpenAI({ apiKey, baseURL, maxRetries: 20 })
  const ask = async (by: OpenAI) =>
    by.audio.transcriptions.create({ file: await file(), model: 'whisper-1' })
  const refusals = () =>
    metric(
      narrow,
      'voxpipe_http_requests_total{method="POST",route="/v1/audio/transcriptions",status="429"}',
    )
  hold()
  const both = [ask(impatient), ask(impatient)]
  const refused = await Promise.race(both.map(refusal))
  t.type(refused, RateLimitError)
  t.match(refused, { status: 429, code: 'rate_limit_exceeded' })
  t.match((refused as RateLimitError).headers.get('retry-after'), /^\d+$/)
  release()
  t.equal((await Promise.any(both)).text, jfkText, 'the other is heard')
  hold()
  const answers = Promise.all([ask(patient), ask(patient)])
  await until(async () => (await refusals()) > 1)
  release()
  for (const { text } of await answers)
    t.equal(text, jfkText, 'and is heard when it comes again')
})
