import { createHash } from 'node:crypto'
import OpenAI from 'openai'
import t, { type Test } from 'tap'
import { s16Bytes, wavHeader } from '../../../lib/audio/wav-writer.ts'
import { wordErrors, wordsOf } from '../../../benchmarks/word-errors.ts'
import { transcribe } from '../../../lib/index.ts'
import { MoonshineRecognizer } from '../../../lib/recognizers/index.ts'
import {
  countNumbers,
  numberedAudio,
  SpeechServer,
} from '../../../lib/testing/index.ts'
import { finalsIn, runFile, type FileRun } from '../../fixtures/file-runs.ts'
import { testModels } from '../../fixtures/models.ts'
import { samplesOf, ownClips } from '../../fixtures/speech-clips.ts'

const LENGTH_MS = 40 * 60_000
/** What the service takes in one request. */
const MOST_BYTES = 25 * 2 ** 20

const clientOf = ({ baseURL }: SpeechServer): OpenAI =>
  new OpenAI({ apiKey: 'sk-test', baseURL })

/** A WAV file, made as it is read. */
function* wavOf(
  sampleRate: number,
  frames: number,
  parts: Iterable<Float32Array>,
): Generator<Uint8Array> {
  yield wavHeader(sampleRate, frames)
  for (const samples of parts) yield s16Bytes(samples)
}

/** What holds for every file that was sent in parts. */
const checkParts = (
  t: Test,
  run: FileRun,
  requests: SpeechServer['requests'],
): void => {
  const sizes = requests.map(({ bytes }) => bytes)
  t.equal(run.error, undefined)
  t.match(run.events.at(-1), { type: 'end', complete: true })
  t.ok(sizes.length >= 3, 'it is sent in parts')
  t.ok(
    sizes.every(size => size <= MOST_BYTES),
    'each of which fits into a request',
  )
  const spans = finalsIn(run)
  t.ok(
    spans.every(({ start }, i) => start >= (spans[i - 1]?.end ?? 0)),
    'in order',
  )
}

t.test('40 minutes of numbered audio lose nothing at a joint', async t => {
  // 3 s of speech, then a pause of 0.6 s; there is none at the end.
  const turnFrames = 30
  const pauseFrames = 6
  const frames = (LENGTH_MS / 3_600) * turnFrames - 10
  const pauses = Math.ceil(frames / turnFrames) - 1
  const samples = 1_600 * (frames + pauses * pauseFrames)
  function* audio(): Generator<Float32Array> {
    const options = { frames, turnFrames, pauseFrames, sampleRate: 16_000 }
    for (const { channels } of numberedAudio({ ...options, chunkMs: 500 }))
      yield channels[0]!
  }
  for (const model of [
    'gpt-transcribe',
    'whisper-1',
    'gpt-4o-transcribe-diarize',
  ])
    await t.test(model, async t => {
      await using server = await SpeechServer.listen()
      const client = clientOf(server)
      const run = await runFile(wavOf(16_000, samples, audio()), {
        client,
        model,
      })
      checkParts(t, run, server.requests)
      t.same(
        countNumbers(
          finalsIn(run).map(({ text }) => text),
          frames,
        ),
        { lost: [], doubled: [], outOfOrder: [], broken: [] },
      )
      t.comment(`${frames} words in ${server.requests.length} parts`)
    })
})

const RATE = 16_000
/** Zeros between two clips. */
const PAUSE = 1.2 * RATE
/** So many are in none of the clips. */
const LONG_PAUSE = RATE

/** What is between long pauses, without the zeros around it. */
const stretchesOf = (audio: Int16Array): Int16Array[] => {
  const stretches: Int16Array[] = []
  let [start, end] = [-1, 0]
  for (let at = 0; at <= audio.length; at++) {
    const over = at === audio.length || at - end >= LONG_PAUSE
    if (start >= 0 && over) {
      stretches.push(audio.slice(start, end))
      start = -1
    }
    if (at === audio.length || audio[at] === 0) continue
    if (start < 0) start = at
    end = at + 1
  }
  return stretches
}

/**
 * The local engine, for one stretch of speech at a time: what it hears of it
 * must not depend on what came before. It is asked once for the same samples.
 */
const engineOf = (recognizer: MoonshineRecognizer) => {
  const known = new Map<string, Promise<string>>()
  const hearOne = (samples: Int16Array): Promise<string> => {
    const bytes = Buffer.from(samples.buffer)
    const key = createHash('sha256').update(bytes).digest('hex')
    const wav = Buffer.concat([wavHeader(RATE, samples.length), bytes])
    const text = known.get(key) ?? transcribe(wav, { recognizer }).text()
    known.set(key, text)
    return text
  }
  const hear = async (audio: Int16Array): Promise<string> =>
    (await Promise.all(stretchesOf(audio).map(hearOne))).join(' ')
  return { hear, known }
}

t.test('40 minutes of speech have the words of their clips', async t => {
  const recognizer = new MoonshineRecognizer({ modelDir: await testModels() })
  t.teardown(() => recognizer.close())
  const { hear, known } = engineOf(recognizer)
  await using server = await SpeechServer.listen({ transcribe: hear })
  const client = clientOf(server)
  const model = 'whisper-1'
  const textOf = (run: FileRun): string =>
    finalsIn(run)
      .map(({ text }) => text)
      .join(' ')

  const clips: { samples: Float32Array; text: string }[] = []
  for (const { path } of await ownClips()) {
    const samples = await samplesOf(path)
    const file = wavOf(RATE, samples.length, [samples])
    clips.push({
      samples,
      text: textOf(await runFile(file, { client, model })),
    })
  }

  const parts: Float32Array[] = []
  const texts: string[] = []
  let length = 0
  for (let i = 0; length < (LENGTH_MS / 1_000) * RATE; i++) {
    const { samples, text } = clips[(i * 4) % clips.length]!
    parts.push(samples, new Float32Array(PAUSE))
    texts.push(text)
    length += samples.length + PAUSE
  }

  const before = server.requests.length
  const run = await runFile(wavOf(RATE, length, parts), { client, model })
  const [heard, expected] = [textOf(run), texts.join(' ')]
  t.comment(
    `${wordsOf(expected).length} words of ${texts.length} clips in ` +
      `${server.requests.length - before} parts, ` +
      `${wordErrors(expected, heard)} differ; ${known.size} stretches are heard`,
  )
  checkParts(t, run, server.requests.slice(before))
  t.same(wordsOf(heard), wordsOf(expected))
  t.equal(known.size, clips.length, 'no clip is cut')
})
