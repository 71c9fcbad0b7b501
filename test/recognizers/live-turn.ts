import { finished } from 'node:stream/promises'
import * as fc from 'fast-check'
import t from 'tap'
import type { AudioChunk } from '../../lib/core/audio-chunk.ts'
import type {
  DeltaEvent,
  FinalEvent,
  TranscriptEvent,
} from '../../lib/core/transcript-event.ts'
import { LocalSession } from '../../lib/recognizers/local-session.ts'
import {
  scriptedRecognizer,
  type ScriptedRecognizerOptions,
} from '../../lib/testing/index.ts'
import {
  LocalTranscriber,
  type LocalTranscriberOptions,
} from '../../lib/transcribe/local-transcriber.ts'
import {
  endlessWords,
  eventsOf,
  jfkWords,
  speak,
} from '../fixtures/scripted.ts'
import { chunksFrom, jfk, samplesOf } from '../fixtures/speech-clips.ts'
import { chunked, cut, loud } from '../fixtures/tones.ts'

const speech = await samplesOf(jfk)
const jfkTurns = [
  'And so my fellow Americans',
  'ask not what your country can do for you,',
  'ask what you can do for your country.',
]

/** A minute of words without a pause. */
const endless = endlessWords(60)
const endlessAudio = loud(60_000)

const heard = async (
  script: ScriptedRecognizerOptions,
  chunks: Iterable<AudioChunk>,
  options: LocalTranscriberOptions = {},
) => {
  const recognizer = scriptedRecognizer(script)
  const stage = new LocalTranscriber({ recognizer, live: true, ...options })
  const events = await eventsOf(stage, stage => speak(stage, chunks))
  return { events, recognizer }
}

const finalsOf = (events: readonly TranscriptEvent[]): FinalEvent[] =>
  events.filter(event => event.type === 'final')

const deltasOf = (
  events: readonly TranscriptEvent[],
  turn?: string,
): DeltaEvent[] =>
  events
    .filter(event => event.type === 'delta')
    .filter(event => turn === undefined || event.turn === turn)

const lineOf = (events: readonly TranscriptEvent[], turn: string): string =>
  deltasOf(events, turn)
    .map(({ text }) => text)
    .join('')

const kinds = ['partial', 'stream', 'none'] as const

t.test('finals are the same, whatever the recogniser can do live', async t => {
  const chunks = () => chunksFrom(speech, 1_600)
  const all = await Promise.all(
    kinds.map(live => heard({ words: jfkWords, live }, chunks())),
  )
  for (const { events } of all) {
    t.same(
      finalsOf(events).map(({ text }) => text),
      jfkTurns,
    )
    t.same(finalsOf(events), finalsOf(all[0]!.events))
    for (const { turn, text } of finalsOf(events))
      t.equal(lineOf(events, turn), text, 'and so are the deltas together')
  }
})

t.test('words are shown while they are spoken, by the same rule', async t => {
  const chunks = () => chunksFrom(speech, 1_600)
  const [guess, stream] = await Promise.all(
    (['partial', 'stream'] as const).map(live =>
      heard({ words: jfkWords, live }, chunks()),
    ),
  )
  t.same(deltasOf(stream!.events), deltasOf(guess!.events))
  const early = deltasOf(stream!.events).filter(({ turn, at }) => {
    const final = finalsOf(stream!.events).find(final => final.turn === turn)!
    return at! < final.end
  })
  t.ok(early.length > 8, `${early.length} deltas before the end of a turn`)
})

t.test('a stream is given the turn once, and says its final', async t => {
  const { recognizer, events } = await heard(
    { words: jfkWords, live: 'stream' },
    chunksFrom(speech, 1_600),
  )
  const types = recognizer.jobs.map(({ type }) => type)
  t.notOk(types.includes('recognize') || types.includes('partial'))
  const finals = finalsOf(events)
  t.equal(types.filter(type => type === 'end').length, finals.length)
  for (const { start, end } of finals) {
    const jobs = recognizer.jobs.filter(({ type, offset = 0 }) => {
      const at = offset / 16
      return (type === 'push' || type === 'end') && at > start - 400 && at < end
    })
    t.equal(jobs.at(-1)!.type, 'end')
    const length = jobs.reduce((sum, { length }) => sum + length, 0)
    // 200 ms of silence behind the last word, in whole frames of 32 ms.
    t.equal((jobs[0]!.offset! + length) / 16, end + 192)
  }
})

t.test('without guess and open, text comes when the voice pauses', async t => {
  const { recognizer, events } = await heard(
    { words: jfkWords, live: 'none' },
    chunksFrom(speech, 1_600),
  )
  for (const { turn, end } of finalsOf(events)) {
    const deltas = deltasOf(events, turn)
    t.ok(deltas.length > 0)
    for (const { at } of deltas) t.ok(at! >= end)
  }
  const jobs = recognizer.jobs.filter(({ type }) => type === 'recognize')
  t.equal(jobs.length, 3, 'and a turn is recognised once')
})

t.test('forced cuts lose and double no word', async t => {
  const lengths = fc.array(fc.integer({ min: 400, max: 40_000 }), {
    minLength: 1,
    maxLength: 5,
  })
  const latency = fc.constantFrom(...(['low', 'balanced', 'accurate'] as const))
  const live = fc.constantFrom(...kinds)
  await fc.assert(
    fc.asyncProperty(lengths, latency, live, async (lengths, latency, live) => {
      const { events } = await heard(
        { words: endless, live },
        chunked(cut(endlessAudio, lengths), 16_000),
        { latency },
      )
      const finals = finalsOf(events)
      t.ok(finals.length >= 4)
      let last = 0
      const texts: string[] = []
      for (const { turn, text, start, end, words = [] } of finals) {
        t.ok(start >= last && end - start <= 15_000)
        last = end
        t.equal(lineOf(events, turn), text, 'nothing shown crosses a cut')
        t.equal(words.map(({ text }) => text).join(' '), text)
        texts.push(text)
      }
      t.equal(texts.join(' '), endless.map(({ text }) => text).join(' '))
    }),
    { numRuns: 8 },
  )
})

t.test(
  'audio that comes in one piece is heard as what comes in many',
  async t => {
    for (const live of kinds) {
      const { events } = await heard(
        { words: jfkWords, live, repeatMs: 11_000 },
        chunked(
          [
            Float32Array.from(
              { length: 55 * 16_000 },
              (_, i) => speech[i % speech.length]!,
            ),
          ],
          16_000,
        ),
      )
      const finals = finalsOf(events)
      t.same(
        finals.map(({ text }) => text),
        Array.from({ length: 5 }, () => jfkTurns).flat(),
      )
      for (const { turn, text } of finals) t.equal(lineOf(events, turn), text)
    }
  },
)

t.test('words that are attached have no space between them', async t => {
  const words = ['今日', 'は', '天気', 'が', 'よい。', 'OK'].map((text, i) => ({
    text,
    start: 200 + 400 * i,
    end: 600 + 400 * i,
    attached: i % 5 !== 0,
  }))
  for (const live of kinds) {
    const { events } = await heard(
      { words, live },
      chunksFrom(loud(4_000), 1_600),
    )
    const [final] = finalsOf(events)
    t.equal(final!.text, '今日は天気がよい。 OK')
    t.equal(lineOf(events, final!.turn), final!.text)
  }
})

t.test('a recogniser without word times has the same texts', async t => {
  for (const live of kinds) {
    const { events } = await heard(
      { words: jfkWords, live, wordTimes: false },
      chunksFrom(speech, 1_600),
    )
    const finals = finalsOf(events)
    t.same(
      finals.map(({ text }) => text),
      jfkTurns,
    )
    for (const final of finals) {
      t.notOk('words' in final)
      t.equal(lineOf(events, final.turn), final.text)
    }
  }
})

t.test(
  'what was recognised before a failure is read, then the error',
  async t => {
    for (const [live, type, number] of [
      ['partial', 'partial', 30],
      ['stream', 'push', 30],
      ['stream', 'end', 2],
      ['none', 'recognize', 2],
    ] as const) {
      let release = (): void => {}
      const held = new Promise<void>(done => (release = done))
      const recognizer = scriptedRecognizer({
        words: jfkWords,
        live,
        onJob: job => {
          if (job.type === type && job.number === number) {
            // The final of the first turn is still to come.
            setImmediate(() => setImmediate(release))
            throw new Error(`no ${type}`)
          }
          const first = job.type === 'end' || job.type === 'recognize'
          return first && job.number === 1 ? held : undefined
        },
      })
      const stage = new LocalTranscriber({ recognizer, live: true })
      const events: TranscriptEvent[] = []
      stage.on('data', (event: TranscriptEvent) => events.push(event))
      const spoken = speak(stage, chunksFrom(speech, 1_600))
      const all = [finished(stage), spoken.then(() => stage.end())]
      await t.rejects(Promise.all(all), { message: `no ${type}` })
      t.same(
        finalsOf(events).map(({ text }) => text),
        jfkTurns.slice(0, 1),
        `${live}, ${type}`,
      )
      t.equal(lineOf(events, 'turn-1'), jfkTurns[0])
    }
  },
)

t.test('a failure has no final behind it', async t => {
  for (const live of ['partial', 'stream'] as const) {
    const type = live === 'partial' ? 'partial' : 'push'
    let release = (): void => {}
    const held = new Promise<void>(done => (release = done))
    const recognizer = scriptedRecognizer({
      words: jfkWords,
      live,
      size: 4,
      onJob: job => {
        // Of the second turn, whose end comes before the first final does.
        if (job.type === type && job.number === 30) throw new Error('broken')
        const last = job.type === 'end' || job.type === 'recognize'
        return last && job.number === 1 ? held : undefined
      },
    })
    const told: (TranscriptEvent['type'] | 'error')[] = []
    const session = new LocalSession({
      recognizer,
      voiceActivity: recognizer.voiceActivity,
      latency: 'balanced',
      turns: { shortTurnSilenceMs: 500 },
      onEvent: ({ type }) => told.push(type),
      onError: ({ message }) => {
        t.equal(message, 'broken')
        told.push('error')
      },
      signal: new AbortController().signal,
    })
    for (const { channels, offset } of chunksFrom(speech, 1_600)) {
      await session.push(channels[0]!, offset)
      await session.process()
    }
    release()
    await t.rejects(session.end(), { message: 'broken' })
    t.same(
      told.filter(type => type === 'final' || type === 'error'),
      ['final', 'error'],
    )
    const asked = recognizer.jobs.filter(job => job.type === type)
    t.ok(
      asked.slice(30).every(({ offset }) => offset! > 7.6 * 16_000),
      'nor is it asked for more of that turn',
    )
  }
})

t.test('a stream whose turn is cleared is aborted, and not ended', async t => {
  const recognizer = scriptedRecognizer({ words: jfkWords, live: 'stream' })
  const stage = new LocalTranscriber({ recognizer, live: true })
  const place = 1.6 * 16_000
  const events = await eventsOf(stage, async stage => {
    await speak(stage, chunksFrom(speech.subarray(0, place), 1_600))
    stage.clear()
    await speak(stage, chunksFrom(speech.subarray(place), 1_600, place))
  })
  t.same(
    finalsOf(events).map(({ text }) => text),
    ['Americans', ...jfkTurns.slice(1)],
  )
  const streams = new Map<unknown, string[]>()
  for (const { signal, type } of recognizer.jobs)
    if (signal && (type === 'push' || type === 'end'))
      streams.set(signal, [...(streams.get(signal) ?? []), type])
  t.equal(streams.size, 4)
  const [cleared, ...others] = [...streams]
  t.ok((cleared![0] as AbortSignal).aborted)
  t.notOk(cleared![1].includes('end'))
  for (const [, types] of others) t.equal(types.at(-1), 'end')
})
