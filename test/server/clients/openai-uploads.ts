import { createReadStream, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { toFile } from 'openai7'
import t from 'tap'
import { readCaptions } from '../../../lib/captions/index.ts'
import { openServer } from '../../fixtures/local-server.ts'
import { jfkWords } from '../../fixtures/scripted.ts'
import { clientOf } from '../../fixtures/served.ts'
import { jfk, jfkText } from '../../fixtures/speech-clips.ts'

const server = await openServer(t)
const client = clientOf(server)
const { transcriptions } = client.audio
const bytes = readFileSync(jfk)
const file = () => toFile(bytes, 'talk.wav')
const audio = resolve(import.meta.dirname, '../../fixtures/audio')

t.test('json', async t => {
  const answer = await transcriptions.create({
    file: await file(),
    model: 'gpt-4o-mini-transcribe',
  })
  t.equal(answer.text, jfkText)
  t.match(answer.usage, { type: 'tokens' })
  t.match(answer._request_id, /^req_\w+$/)
})

t.test('text, srt, vtt', async t => {
  const model = 'whisper-1'
  const ask = async (response_format: 'text' | 'srt' | 'vtt') =>
    transcriptions.create({ file: await file(), model, response_format })
  const text = await ask('text')
  t.equal(text, `${jfkText}\n`)
  for (const format of ['srt', 'vtt'] as const) {
    const captions = await ask(format)
    const cues = readCaptions(captions)
    t.ok(cues.length > 1, `${format} has cues`)
    const words = cues.flatMap(cue => cue.lines).join(' ')
    t.equal(words, jfkText, `${format} has the words`)
    for (const { start, end } of cues) t.ok(start < end && end <= 11_000)
  }
})

t.test('segments and words', async t => {
  const answer = await transcriptions.create({
    file: await file(),
    model: 'whisper-1',
    response_format: 'verbose_json',
    timestamp_granularities: ['word', 'segment'],
    language: 'en',
  })
  t.equal(answer.text, jfkText)
  t.match(answer, { language: 'english', usage: { type: 'duration' } })
  t.equal(Math.round(answer.duration), 11)
  const { words = [], segments = [] } = answer
  t.same(
    words,
    jfkWords.map(({ text, start, end }) => ({
      word: text,
      start: start / 1_000,
      end: end / 1_000,
    })),
  )
  t.equal(segments.map(({ text }) => text.trim()).join(' '), jfkText)
  for (const { avg_logprob: sure } of segments) t.ok(sure <= 0 && sure > -5)
})

t.test('a stream', async t => {
  const stream = await transcriptions.create({
    file: await file(),
    model: 'gpt-4o-transcribe',
    stream: true,
    include: ['logprobs'],
  })
  let text = ''
  let done = 0
  for await (const event of stream)
    if (event.type === 'transcript.text.delta') {
      t.equal(done, 0, 'deltas come before the end')
      text += event.delta
      t.ok(event.logprobs?.length, 'with how likely they are')
    } else if (event.type === 'transcript.text.done') {
      done++
      t.equal(event.text, text, 'the deltas make the text')
      t.match(event.usage, { type: 'tokens' })
    }
  t.equal(done, 1)
  t.equal(text, jfkText)
})

t.test('a stream for whisper-1 is not one, as at OpenAI', async t => {
  const answer = await transcriptions
    .create({ file: await file(), model: 'whisper-1', stream: true })
    .asResponse()
  t.match(answer.headers.get('content-type'), /^application\/json/)
  t.match(await answer.json(), { text: jfkText })
})

t.test('a file as every kind that the client takes', async t => {
  const model = 'scripted'
  const kinds = {
    File: new File([bytes], 'talk.wav', { type: 'audio/wav' }),
    Blob: await toFile(new Blob([bytes]), 'talk.wav'),
    ReadStream: createReadStream(jfk), // comes in chunks, of no known length
    Response: await fetch(`data:audio/wav;base64,${bytes.toString('base64')}`),
  }
  for (const [kind, value] of Object.entries(kinds)) {
    const { text } = await transcriptions.create({ file: value, model })
    t.equal(text, jfkText, kind)
  }
})

t.test('containers, by their bytes', async t => {
  const model = 'scripted'
  for (const name of [
    'jfk.mp3',
    'jfk.flac',
    'jfk.ogg',
    'jfk.opus',
    'jfk.webm',
  ]) {
    const path = join(audio, name)
    const { text } = await transcriptions.create({
      file: await toFile(readFileSync(path), 'audio.bin'),
      model,
    })
    t.equal(text, jfkText, name)
  }
})

t.test('gpt-transcribe, with what it alone takes', async t => {
  const { text, languages, usage } = await transcriptions.create({
    file: await file(),
    model: 'gpt-transcribe',
    languages: ['en'],
    keywords: ['country'],
    prompt: 'A speech.',
  })
  t.equal(text, jfkText)
  t.same(languages, [{ code: 'en' }])
  t.match(usage, { type: 'duration' })
})

t.test('models', async t => {
  const names: string[] = []
  for await (const { id, object } of client.models.list()) {
    names.push(id)
    t.equal(object, 'model')
  }
  t.ok(names.includes('whisper-1') && names.includes('scripted'))
  t.notOk(names.includes('gpt-4o-transcribe-diarize'), 'nor what it is not')
  t.match(await client.models.retrieve('whisper-1'), { id: 'whisper-1' })
})
