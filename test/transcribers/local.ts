import { once } from 'node:events'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import t from 'tap'
import { joinSamples } from '../../lib/audio/join-samples.ts'
import type { AudioChunk } from '../../lib/core/audio-chunk.ts'
import type {
  FinalEvent,
  TranscriptEvent,
} from '../../lib/core/transcript-event.ts'
import { MoonshineRecognizer } from '../../lib/recognizers/moonshine/moonshine-recognizer.ts'
import {
  LocalTranscriber,
  type LocalTranscriberOptions,
} from '../../lib/transcribers/local.ts'
import { testModels } from '../fixtures/models.ts'
import { noise, tone } from '../fixtures/tones.ts'
import {
  chunksFrom,
  jfk,
  jfkText,
  samplesOf,
  ownClips,
} from '../fixtures/speech-clips.ts'
import { wordErrors, wordsOf } from '../../lib/bench/word-errors.ts'
import { recognises } from '../fixtures/recognised.ts'

const modelDir = await testModels()
const recognizer = new MoonshineRecognizer({ modelDir })
t.teardown(() => recognizer.close())

const transcribed = async (
  chunks: Iterable<AudioChunk>,
  options: LocalTranscriberOptions = { recognizer },
): Promise<TranscriptEvent[]> => {
  const events: TranscriptEvent[] = []
  await pipeline(
    Readable.from(chunks),
    new LocalTranscriber(options),
    async (source: AsyncIterable<TranscriptEvent>) => {
      for await (const event of source) events.push(event)
    },
  )
  return events
}

const finalsOf = (events: readonly TranscriptEvent[]): FinalEvent[] =>
  events.filter(event => event.type === 'final')

const speech = await samplesOf(jfk)

t.test('hears what was said, in turns with times and words', async t => {
  const events = await transcribed(chunksFrom(speech, 800))
  t.match(events[0], { type: 'start', engine: 'local', schema: 1 })
  t.match(events.at(-1), { type: 'end', duration: 11_000, complete: true })
  const finals = finalsOf(events)
  const text = finals.map(final => final.text).join(' ')
  recognises(t, text, jfkText)
  for (const { turn, start, end, words = [] } of finals) {
    const started = events.find(
      event => event.type === 'speech-start' && event.turn === turn,
    )
    t.match(started, { at: start })
    t.ok(words.length > 0)
    let last = start
    for (const word of words) {
      t.ok(word.start >= last && word.end >= word.start && word.end <= end)
      last = word.start
    }
  }
})

t.test('nothing begins before what is settled', async t => {
  const parts = [
    ...chunksFrom(speech, 800),
    ...chunksFrom(speech, 800, 200_000),
  ]
  for (const live of [false, true]) {
    const stage = new LocalTranscriber({ recognizer, live })
    let [settled, seen] = [0, 0]
    stage.on('data', (event: TranscriptEvent) => {
      if (event.type === 'final' || event.type === 'gap') {
        seen++
        t.ok(event.start >= settled, `${event.start} after ${settled}`)
      }
      if (stage.readableLength === 0) settled = stage.settled
    })
    await pipeline(Readable.from(parts), stage)
    t.ok(seen > 2 && settled > 11_000)
  }
})

t.test('finals are the same in any chunking', async t => {
  const whole = finalsOf(await transcribed(chunksFrom(speech, speech.length)))
  for (const length of [160, 997, 48_000])
    t.same(finalsOf(await transcribed(chunksFrom(speech, length))), whole)
})

t.test('no words for silence, noise or a tone', async t => {
  const minute = 60 * 16_000
  for (const audio of [
    new Float32Array(minute),
    noise(minute),
    noise(minute).map(sample => sample / 20),
    tone(440, 16_000, minute),
  ]) {
    const events = await transcribed(chunksFrom(audio, 16_000))
    t.equal(
      finalsOf(events)
        .map(final => final.text)
        .join(''),
      '',
    )
    t.match(events.at(-1), { type: 'end', duration: 60_000, complete: true })
  }
})

t.test('the clips are heard with few errors', async t => {
  let errors = 0
  let words = 0
  for (const { path, text } of await ownClips()) {
    const finals = finalsOf(
      await transcribed(chunksFrom(await samplesOf(path), 800)),
    )
    errors += wordErrors(text, finals.map(final => final.text).join(' '))
    words += wordsOf(text).length
  }
  t.comment(`${errors} errors in ${words} words`)
  t.ok(errors <= 0.08 * words, 'at most 8 %')
})

t.test('endless speech is cut, with no word lost or doubled', async t => {
  const clips = await ownClips()
  const parts = []
  for (const { path } of clips) {
    const samples = await samplesOf(path)
    // Pauses at the ends of the clips would end the turns.
    parts.push(samples.subarray(4_000, samples.length - 4_000))
  }
  const finals = finalsOf(
    await transcribed(chunksFrom(joinSamples(parts), 800)),
  )
  let last = 0
  for (const { start, end } of finals) {
    t.ok(start >= last && end > start && end - start <= 15_000)
    last = end
  }
  const text = finals.map(final => final.text).join(' ')
  const reference = clips.map(clip => clip.text).join(' ')
  const length = wordsOf(reference).length
  t.ok(wordErrors(reference, text) <= 0.12 * length, 'as well as one by one')
})

t.test('a jump of the offset is a gap between two stretches', async t => {
  const jump = 16_000 * 100
  const events = await transcribed([
    ...chunksFrom(speech, 800),
    ...chunksFrom(speech, 800, jump),
  ])
  const shape = events
    .filter(({ type }) => type === 'final' || type === 'gap')
    .map(({ type }) => type)
  t.same(shape, ['final', 'gap', 'final'])
  const gap = events.find(({ type }) => type === 'gap')
  t.match(gap, { start: 11_000, end: 100_000 })
  const [first, second] = finalsOf(events)
  t.equal(second!.start - first!.start, 100_000)
  t.equal(second!.text, first!.text)
  t.not(second!.turn, first!.turn)
  t.match(events.at(-1), { type: 'end', duration: 111_000, complete: false })
})

t.test('audio of a moment, and none at all', async t => {
  for (const length of [1, 800]) {
    const events = await transcribed(chunksFrom(new Float32Array(length), 800))
    t.match(events, [{ type: 'start' }, { type: 'end', complete: true }])
    t.equal(events.length, 2)
  }
  t.match(await transcribed([]), [{ type: 'start' }, { duration: 0 }])
})

t.test('a slow consumer slows the source down', async t => {
  const moment = speech.slice(0, 16_000)
  let taken = 0
  function* endless(): Generator<AudioChunk> {
    for (; ; taken++) yield* chunksFrom(speech, 800, taken * speech.length)
  }
  const stage = new LocalTranscriber({ recognizer })
  const source = Readable.from(endless())
  source.pipe(stage)
  const events = stage[Symbol.asyncIterator]()
  await events.next()
  // What the recognizer does for others tells that the stage has come to rest.
  let before = -1
  while (before !== taken) {
    before = taken
    for (let i = 0; i < 9; i++) await recognizer.recognize(moment.slice())
  }
  t.ok(taken < 40, `took ${taken} times 11 s, and waits`)
  source.destroy()
  stage.destroy()
})

t.test('wrong chunks say which stage is missing', async t => {
  const two = [new Float32Array(5), new Float32Array(5)]
  const chunk = { sampleRate: 16_000, channels: two, offset: 0 }
  const cases: [unknown, RegExp][] = [
    [chunk, /2 channels: put new Resampler/],
    [{ ...chunk, sampleRate: 44_100, channels: [two[0]] }, /44100 Hz/],
    [Buffer.from('RIFF'), /put a Decoder in front/],
  ]
  for (const [wrong, message] of cases)
    await t.rejects(transcribed([wrong as AudioChunk]), {
      code: 'VOX_FORMAT',
      message,
    })
  await t.rejects(
    transcribed([...chunksFrom(speech, 800, 800), ...chunksFrom(speech, 800)]),
    { code: 'VOX_FORMAT', message: /goes back/ },
  )
})

t.test('options are checked at once', async t => {
  const wrong: [LocalTranscriberOptions, string][] = [
    [{ threshold: 2 }, 'VOX_OPTION'],
    [{ silenceDurationMs: 5 }, 'VOX_OPTION'],
    [{ recognizer, model: 'base' }, 'VOX_OPTION'],
    [{ language: 'de' }, 'VOX_LANGUAGE'],
    [{ model: 'huge' }, 'VOX_MODEL_UNKNOWN'],
  ]
  for (const [options, code] of wrong)
    t.throws(() => new LocalTranscriber(options), { code })
})

t.test('an abort ends it, and the recognizer goes on for others', async t => {
  const abort = new AbortController()
  const stage = new LocalTranscriber({ recognizer, signal: abort.signal })
  const flow = pipeline(
    Readable.from(chunksFrom(speech, 800)),
    stage,
    async (source: AsyncIterable<TranscriptEvent>) => {
      for await (const event of source)
        if (event.type === 'speech-start') abort.abort()
    },
  )
  await t.rejects(flow, { name: 'AbortError' })
  t.ok(stage.destroyed)
  t.ok(
    (await recognizer.recognize(speech.slice(), { spoken: true })).words
      .length > 0,
  )
})

t.test('a signal that is aborted already', async t => {
  const signal = AbortSignal.abort()
  const stage = new LocalTranscriber({ modelDir, signal })
  const [error] = (await once(stage, 'error')) as [Error]
  t.equal(error.name, 'AbortError')
})

t.test('a stage with an engine of its own closes it', async t => {
  const events = await transcribed(chunksFrom(speech, 800), { modelDir })
  t.equal(finalsOf(events).length, 1)
})
