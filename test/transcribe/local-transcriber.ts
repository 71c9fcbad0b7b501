import { once } from 'node:events'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setImmediate as turnOfTheLoop } from 'node:timers/promises'
import * as fc from 'fast-check'
import t from 'tap'
import type { AudioChunk } from '../../lib/core/audio-chunk.ts'
import type {
  FinalEvent,
  TranscriptEvent,
} from '../../lib/core/transcript-event.ts'
import {
  LocalTranscriber,
  type LocalTranscriberOptions,
} from '../../lib/transcribe/local-transcriber.ts'
import { scriptedRecognizer } from '../../lib/testing/index.ts'
import { textOf } from '../../lib/recognizers/recognizer.ts'
import { endlessWords, jfkWords } from '../fixtures/scripted.ts'
import { chunked, cut, loud } from '../fixtures/tones.ts'
import {
  chunksFrom,
  jfk,
  jfkText,
  samplesOf,
} from '../fixtures/speech-clips.ts'

/** What is said in the clip, wherever in the source it is. */
const recognizer = scriptedRecognizer({ words: jfkWords })

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

t.test('transcribes speech in turns with times and words', async t => {
  const events = await transcribed(chunksFrom(speech, 800))
  t.match(events[0], { type: 'start', engine: 'local', schema: 1 })
  t.match(events.at(-1), { type: 'end', duration: 11_000, complete: true })
  const [final, ...others] = finalsOf(events)
  t.same(others, [])
  t.equal(final!.text, jfkText)
  const { turn, start, end, words } = final!
  t.same(
    words,
    jfkWords.map(word => ({ ...word, source: 'model' })),
  )
  t.match(
    events.find(({ type }) => type === 'speech-start'),
    { turn, at: start },
  )
  t.match(
    events.find(({ type }) => type === 'speech-end'),
    { turn, at: end },
  )
  // In whole frames of voice activity.
  t.ok(start <= 290 && start > 290 - 32)
  t.ok(end >= 10_450 && end < 10_450 + 32)
})

t.test('nothing begins before what is settled', async t => {
  const parts = [
    ...chunksFrom(speech, 800),
    ...chunksFrom(speech, 800, 200_000),
  ]
  const recognizer = scriptedRecognizer({ words: jfkWords, repeatMs: 12_500 })
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

const lengths = fc.array(fc.integer({ min: 160, max: 60_000 }), {
  minLength: 1,
  maxLength: 9,
})

t.test('finals are the same in any chunking', async t => {
  const whole = finalsOf(await transcribed(chunksFrom(speech, speech.length)))
  await fc.assert(
    fc.asyncProperty(lengths, async lengths => {
      const chunks = chunked(cut(speech, lengths), 16_000)
      t.strictSame(finalsOf(await transcribed(chunks)), whole)
    }),
    { numRuns: 20 },
  )
})

t.test('endless speech is cut, with no word lost or doubled', async t => {
  const words = endlessWords(60)
  const audio = loud(60_000)
  const recognizer = scriptedRecognizer({ words })
  await fc.assert(
    fc.asyncProperty(lengths, async lengths => {
      const chunks = chunked(cut(audio, lengths), 16_000)
      const finals = finalsOf(await transcribed(chunks, { recognizer }))
      t.ok(finals.length >= 4)
      let last = 0
      for (const { start, end } of finals) {
        t.ok(start >= last && end > start && end - start <= 15_000)
        last = end
      }
      t.equal(
        finals.map(final => final.text).join(' '),
        words.map(({ text }) => text).join(' '),
      )
    }),
    { numRuns: 10 },
  )
})

t.test('a jump of the offset is a gap between two stretches', async t => {
  const jump = 16_000 * 100
  const recognizer = scriptedRecognizer({ words: jfkWords, repeatMs: 100_000 })
  const events = await transcribed(
    [...chunksFrom(speech, 800), ...chunksFrom(speech, 800, jump)],
    { recognizer },
  )
  const shape = events
    .filter(({ type }) => type === 'final' || type === 'gap')
    .map(({ type }) => type)
  t.same(shape, ['final', 'gap', 'final'])
  const gap = events.find(({ type }) => type === 'gap')
  t.match(gap, { start: 11_000, end: 100_000 })
  const [first, second] = finalsOf(events)
  t.equal(second!.start - first!.start, 100_000)
  for (const { text } of [first!, second!]) t.equal(text, jfkText)
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
  const recognizer = scriptedRecognizer({ words: jfkWords, repeatMs: 11_000 })
  let taken = 0
  function* endless(): Generator<AudioChunk> {
    for (; ; taken++) yield* chunksFrom(speech, 800, taken * speech.length)
  }
  const stage = new LocalTranscriber({ recognizer })
  const source = Readable.from(endless())
  source.pipe(stage)
  const events = stage[Symbol.asyncIterator]()
  await events.next()
  // Nothing here takes longer than the loop does to come round again.
  let before = -1
  while (before !== taken) {
    before = taken
    for (let i = 0; i < 50; i++) await turnOfTheLoop()
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

t.test('checks options immediately', async t => {
  const wrong: [LocalTranscriberOptions, string][] = [
    [{ turnDetection: { type: 'local_vad', threshold: 2 } }, 'VOX_OPTION'],
    [
      { turnDetection: { type: 'local_vad', silenceDurationMs: 5 } },
      'VOX_OPTION',
    ],
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
  t.equal(textOf(await recognizer.recognize(speech)), jfkText)
})

t.test('a signal that is aborted already', async t => {
  const signal = AbortSignal.abort()
  const stage = new LocalTranscriber({ recognizer, signal })
  const [error] = (await once(stage, 'error')) as [Error]
  t.equal(error.name, 'AbortError')
})
