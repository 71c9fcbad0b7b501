import { setImmediate as turnOfTheLoop } from 'node:timers/promises'
import * as fc from 'fast-check'
import t from 'tap'
import type { AudioChunk } from '../../lib/core/audio-chunk.ts'
import type {
  FinalEvent,
  TranscriptEvent,
} from '../../lib/core/transcript-event.ts'
import { scriptedRecognizer } from '../../lib/testing/index.ts'
import {
  LocalTranscriber,
  type LocalTranscriberOptions,
} from '../../lib/transcribe/local-transcriber.ts'
import { wordsOf } from '../../benchmarks/word-errors.ts'
import {
  endlessWords,
  eventsOf,
  jfkWords,
  speak,
} from '../fixtures/scripted.ts'
import { jfk, jfkStart, samplesOf } from '../fixtures/speech-clips.ts'
import { chunked, cut, loud } from '../fixtures/tones.ts'

const speech = await samplesOf(jfk)
const second = 16_000
const recognizer = scriptedRecognizer({ words: jfkWords })
const jfkTurns = [
  'And so my fellow Americans',
  'ask not what your country can do for you,',
  'ask what you can do for your country.',
]

/** Says chunks of a live source, each once the one before was listened to. */
const live = (
  chunks: Iterable<AudioChunk>,
  options: LocalTranscriberOptions = {},
): Promise<TranscriptEvent[]> =>
  eventsOf(
    new LocalTranscriber({ recognizer, live: true, ...options }),
    stage => speak(stage, chunks),
  )

/** Chunks of some lengths, taken in turn. */
const parts = (
  samples: Float32Array,
  lengths: readonly number[],
): AudioChunk[] => chunked(cut(samples, lengths), 16_000)

const finalsOf = (events: readonly TranscriptEvent[]): FinalEvent[] =>
  events.filter(event => event.type === 'final')

/** Texts of a turn's deltas; throws where one is out of its place. */
const deltasOf = (
  events: readonly TranscriptEvent[],
): Map<string, { text: string; at: number }[]> => {
  const open = new Map<string, { text: string; at: number }[]>()
  const over = new Set<string>()
  for (const event of events)
    if (event.type === 'speech-start') open.set(event.turn, [])
    else if (event.type === 'final') over.add(event.turn)
    else if (event.type === 'delta') {
      const { turn, text, at = Number.NaN } = event
      const deltas = open.get(turn)
      const last = deltas?.at(-1)
      if (!deltas || over.has(turn) || text === '')
        throw new Error(`a delta of ${turn} is out of place`)
      if (last ? !/^[ \p{P}]/u.test(text) || at < last.at : /^\s/.test(text))
        throw new Error(`'${text}' does not go on with '${last?.text}'`)
      deltas.push({ text, at })
    }
  return open
}

t.test('words come while they are spoken, and then the final', async t => {
  const events = await live(parts(speech, [1_600]))
  const finals = finalsOf(events)
  t.same(
    finals.map(({ text }) => text),
    jfkTurns,
  )
  const deltas = deltasOf(events)
  for (const { turn, text, words = [] } of finals) {
    const shown = deltas.get(turn)!
    t.equal(shown.map(delta => delta.text).join(''), text)
    // The last word waits for a pause.
    for (const [i, { end }] of words.slice(0, -1).entries()) {
      let count = 0
      const { at } = shown.find(
        delta => (count += wordsOf(delta.text).length) > i,
      )!
      t.ok(at < end + 1_000, `a word that ended at ${end} came at ${at}`)
    }
  }
})

const lengths = fc.array(fc.integer({ min: 400, max: 20_000 }), {
  minLength: 1,
  maxLength: 9,
})
const latency = fc.constantFrom(...(['low', 'balanced', 'accurate'] as const))

t.test('finals are the same for any chunking and load', async t => {
  const whole = finalsOf(await live(chunked([speech], 16_000)))
  t.equal(whole.length, 3)
  const slowness = fc.array(fc.nat(5), { minLength: 1, maxLength: 9 })
  await fc.assert(
    fc.asyncProperty(
      lengths,
      latency,
      slowness,
      async (sizes, early, rounds) => {
        /** Each job takes some rounds of the event loop. */
        const slow = scriptedRecognizer({
          words: jfkWords,
          onJob: async ({ number }) => {
            for (let i = 0; i < rounds[number % rounds.length]!; i++)
              await turnOfTheLoop()
          },
        })
        const options = { latency: early, recognizer: slow }
        const events = await live(parts(speech, sizes), options)
        deltasOf(events)
        t.strictSame(finalsOf(events), whole)
      },
    ),
    { numRuns: 15 },
  )
})

t.test('several streams on one recogniser are all heard', async t => {
  const alone = await live(parts(speech, [1_600]))
  const all = await Promise.all(
    Array.from({ length: 3 }, () => live(parts(speech, [1_600]))),
  )
  for (const events of all) {
    t.strictSame(finalsOf(events), finalsOf(alone))
    t.strictSame(deltasOf(events), deltasOf(alone))
  }
})

t.test('endless speech is cut, and nothing shown crosses a cut', async t => {
  const words = endlessWords(45)
  const audio = loud(45_000)
  const recognizer = scriptedRecognizer({ words })
  await fc.assert(
    fc.asyncProperty(lengths, latency, async (sizes, latency) => {
      const options = { recognizer, latency, silenceDurationMs: 2_000 }
      const events = await live(parts(audio, sizes), options)
      const deltas = deltasOf(events)
      let last = 0
      for (const { turn, start, end, text } of finalsOf(events)) {
        t.ok(start >= last && end > start && end - start <= 15_000)
        last = end
        const shown = deltas.get(turn)!.map(delta => delta.text)
        t.equal(shown.join(''), text, 'no words of the next turn')
      }
      t.equal(
        finalsOf(events)
          .map(({ text }) => text)
          .join(' '),
        words.map(({ text }) => text).join(' '),
        'none lost or doubled',
      )
    }),
    { numRuns: 6 },
  )
})

t.test('the end of the input is the end of the turn', async t => {
  const events = await live(parts(speech.subarray(0, 36_000), [8_000]))
  t.match(finalsOf(events), [{ text: jfkStart }])
  t.equal(finalsOf(events).length, 1)
  t.match(events.at(-1), { type: 'end', duration: 2_250, complete: true })
})

t.test(
  'an option that is undefined has the default of live speech',
  async t => {
    const options: Record<string, undefined> = { shortTurnSilenceMs: undefined }
    const samples = speech.subarray(0, 5 * second)
    const events = await live(chunked([samples], 16_000), options)
    t.equal(finalsOf(events).length, 2, 'a pause of 1 s ends a turn')
  },
)

t.test('a jump of the offset ends the turn before it', async t => {
  const clip = speech.subarray(0, 2 * second)
  const recognizer = scriptedRecognizer({ words: jfkWords, repeatMs: 100_000 })
  const events = await live(
    [...chunked([clip], 16_000), ...chunked([clip], 16_000, 100 * second)],
    { recognizer },
  )
  const kinds = events
    .map(({ type }) => type)
    .filter(type => type === 'final' || type === 'gap')
  t.same(kinds, ['final', 'gap', 'final'])
  t.ok(deltasOf(events).size === 2)
})

t.test('no text where nothing is said', async t => {
  const words = [{ text: 'So', start: 50_000, end: 50_300 }]
  for (const live of ['partial', 'stream', 'none'] as const) {
    /** It takes what is loud for speech, and hears no words in it. */
    const { voiceActivity } = scriptedRecognizer()
    const recognizer = scriptedRecognizer({ words, live })
    const events = await eventsOf(
      new LocalTranscriber({ recognizer, voiceActivity, live: true }),
      stage => speak(stage, parts(loud(10_000), [second])),
    )
    t.notOk(events.some(({ type }) => type === 'delta'))
    t.same(
      finalsOf(events).map(({ text }) => text),
      [''],
    )
  }
})

t.test('a recogniser that is too slow is told of, once', async t => {
  let now = 0
  t.intercept(performance, 'now', { value: () => now, configurable: true })
  const slow = scriptedRecognizer({
    words: jfkWords,
    // From the third hypothesis on each takes two seconds.
    onJob: ({ type, number }) => {
      if (type === 'partial' && number > 2) now += 2_000
    },
  })
  const events = await live(parts(speech, [1_600]), { recognizer: slow })
  const warnings = events.filter(({ type }) => type === 'warning')
  t.match(warnings, [{ code: 'VOX_LIVE_BEHIND', message: /2\.0 s late/ }])
  t.equal(warnings.length, 1)
  t.same(
    finalsOf(events).map(({ text }) => text),
    jfkTurns,
    'and nothing is lost',
  )
  const punctual = await live(parts(speech, [1_600]))
  t.notOk(punctual.some(({ type }) => type === 'warning'))
})

t.test('options that do not go together', async t => {
  t.throws(() => new LocalTranscriber({ latency: 'low' }), {
    code: 'VOX_OPTION',
  })
  const latency = 'early' as 'low'
  t.throws(() => new LocalTranscriber({ live: true, latency }), {
    code: 'VOX_OPTION',
  })
})
