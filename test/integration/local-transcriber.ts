import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setImmediate as turnOfTheLoop } from 'node:timers/promises'
import t from 'tap'
import { joinSamples } from '../../lib/audio/resample-wave.ts'
import { wordErrors, wordsOf } from '../../benchmarks/word-errors.ts'
import type { AudioChunk } from '../../lib/core/audio-chunk.ts'
import type {
  FinalEvent,
  TranscriptEvent,
} from '../../lib/core/transcript-event.ts'
import { MoonshineRecognizer } from '../../lib/recognizers/moonshine/moonshine-recognizer.ts'
import {
  LocalTranscriber,
  type LocalTranscriberOptions,
} from '../../lib/transcribe/local-transcriber.ts'
import { transcribe } from '../../lib/index.ts'
import { wav } from '../fixtures/audio.ts'
import { testModels } from '../fixtures/models.ts'
import { recognises } from '../fixtures/recognised.ts'
import {
  chunksFrom,
  jfk,
  jfkText,
  ownClips,
  samplesOf,
} from '../fixtures/speech-clips.ts'
import { noise, tone } from '../fixtures/tones.ts'

/*
 * What the embedded engine hears; all else about LocalTranscriber is tested
 * with a recogniser by script.
 */

const modelDir = await testModels()
const recognizer = new MoonshineRecognizer({ modelDir, workers: 1 })
t.teardown(() => recognizer.close())

const second = 16_000
const speech = await samplesOf(jfk)
const moment = speech.slice(0, 8_000)

const transcribed = async (
  chunks: Iterable<AudioChunk> | AsyncIterable<AudioChunk>,
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

/** Chunks of a live source, each once the one before was listened to. */
async function* spoken(
  samples: Float32Array,
  length: number,
): AsyncGenerator<AudioChunk> {
  for (const chunk of chunksFrom(samples, length)) {
    yield chunk
    // To the recogniser a turn of a file is last of all.
    for (let i = 0; i < 2; i++) {
      await turnOfTheLoop()
      await recognizer.recognize(moment.slice())
    }
  }
}

const finalsOf = (events: readonly TranscriptEvent[]): FinalEvent[] =>
  events.filter(event => event.type === 'final')

const joined = (events: readonly TranscriptEvent[]): string =>
  finalsOf(events)
    .map(({ text }) => text)
    .join(' ')

t.test('transcribes with its own engine', async t => {
  const events = await transcribed(chunksFrom(speech, 800), { modelDir })
  t.equal(finalsOf(events).length, 1)
  recognises(t, joined(events), jfkText)
})

t.test('live text does not change the finals', async t => {
  const live = { recognizer, live: true } as const
  const events = await transcribed(spoken(speech, 8_000), live)
  const finals = finalsOf(events)
  recognises(t, joined(events), jfkText)
  t.same(finalsOf(await transcribed(chunksFrom(speech, 997), live)), finals)
  let early = 0
  for (const { turn, text, start, end, words = [] } of finals) {
    t.ok(words.length > 0)
    let last = start
    for (const word of words) {
      t.equal(word.source, 'attention')
      t.ok(word.start >= last && word.end >= word.start && word.end <= end)
      last = word.start
    }
    const shown = events
      .filter(event => event.type === 'delta')
      .filter(delta => delta.turn === turn)
    const line = shown.map(delta => delta.text).join('')
    t.ok(wordErrors(text, line) <= 2, `'${line}' is nearly '${text}'`)
    early += shown.filter(({ at = 0 }) => at > start && at < end).length
  }
  t.ok(early >= 3, `${early} deltas came while somebody spoke`)
})

t.test('endless speech is cut, with no word lost or doubled', async t => {
  const clips = await ownClips()
  const parts: Float32Array[] = []
  for (const { path } of clips) {
    const samples = await samplesOf(path)
    // Pauses at the ends of the clips would end the turns.
    parts.push(samples.subarray(4_000, samples.length - 4_000))
  }
  const chunks = chunksFrom(joinSamples(parts), 800)
  const events = await transcribed(chunks)
  let last = 0
  for (const { start, end } of finalsOf(events)) {
    t.ok(start >= last && end > start && end - start <= 15_000)
    last = end
  }
  const reference = clips.map(clip => clip.text).join(' ')
  const { length } = wordsOf(reference)
  t.ok(
    wordErrors(reference, joined(events)) <= 0.12 * length,
    'as well as one by one',
  )
})

/** A chord that changes every half second, plucked, with overtones. */
const music = (frames: number): Float32Array => {
  const roots = [220, 174.6, 261.6, 196]
  const sum = new Float32Array(frames)
  for (let at = 0, bar = 0; at < frames; at += 8_000, bar++)
    for (const interval of [1, 1.26, 1.5])
      for (const overtone of [1, 2, 3]) {
        const pitch = roots[bar % 4]! * interval * overtone
        const sound = tone(pitch, 16_000, Math.min(8_000, frames - at))
        for (const [i, value] of sound.entries())
          sum[at + i]! += (value * Math.exp(-i / 3_000)) / (9 * overtone)
      }
  return sum
}

t.test('no text for silence, noise, music or a tone', async t => {
  const [long, moment] = [20 * second, 8 * second]
  for (const [audio, live] of [
    [new Float32Array(long), false],
    [noise(long), false],
    [noise(long).map(sample => sample / 20), false],
    [tone(440, 16_000, long), false],
    [new Float32Array(moment), true],
    [noise(moment), true],
    [tone(440, 16_000, moment), true],
    [music(moment), true],
  ] as const) {
    const chunks = live ? spoken(audio, second) : chunksFrom(audio, second)
    const events = await transcribed(chunks, { recognizer, live })
    t.equal(joined(events).trim(), '')
    t.notOk(events.some(({ type }) => type === 'delta'))
    t.match(events.at(-1), { duration: audio.length / 16, complete: true })
  }
})

t.test(
  'channels share an engine of their own, which an abort ends',
  async t => {
    const abort = new AbortController()
    const reason = new Error('enough')
    const { signal } = abort
    const stereo = wav([speech, speech])
    const events: TranscriptEvent[] = []
    const running = (async () => {
      for await (const event of transcribe(stereo, {
        channels: 'separate',
        modelDir,
        signal,
      })) {
        events.push(event)
        if (event.type === 'speech-start') abort.abort(reason)
      }
    })()
    await t.rejects(running, reason)
    t.match(events[0], { type: 'start', model: 'moonshine-tiny' })
  },
)
