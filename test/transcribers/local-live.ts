import { setImmediate as turnOfTheLoop } from 'node:timers/promises'
import { Readable } from 'node:stream'
import { finished, pipeline } from 'node:stream/promises'
import * as fc from 'fast-check'
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
import { wordErrors, wordsOf } from '../../lib/bench/word-errors.ts'
import { testModels } from '../fixtures/models.ts'
import { chunked, cut, noise, tone } from '../fixtures/tones.ts'
import {
  jfk,
  jfkStart,
  jfkText,
  ownClips,
  samplesOf,
} from '../fixtures/speech-clips.ts'
import { recognises } from '../fixtures/recognised.ts'

const modelDir = await testModels()
const recognizer = new MoonshineRecognizer({ modelDir, workers: 1 })
t.teardown(() => recognizer.close())

const speech = await samplesOf(jfk)
const moment = speech.slice(0, 8_000)
const second = 16_000

/** Chunks of these lengths, each once the one before has been listened to. */
async function* spoken(
  samples: Float32Array,
  lengths: readonly number[],
): AsyncGenerator<AudioChunk> {
  for (const chunk of chunked(cut(samples, lengths), 16_000)) {
    yield chunk
    // Until it has come to rest: to the recognizer a turn of a file is last of all.
    for (let i = 0; i < 2; i++) {
      await turnOfTheLoop()
      await recognizer.recognize(moment.slice())
    }
  }
}

const live = async (
  chunks: AsyncIterable<AudioChunk> | Iterable<AudioChunk>,
  options: LocalTranscriberOptions = {},
): Promise<TranscriptEvent[]> => {
  const events: TranscriptEvent[] = []
  await pipeline(
    Readable.from(chunks),
    new LocalTranscriber({ recognizer, live: true, ...options }),
    async (source: AsyncIterable<TranscriptEvent>) => {
      for await (const event of source) events.push(event)
    },
  )
  return events
}

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
  const events = await live(spoken(speech, [8_000]))
  const finals = finalsOf(events)
  const deltas = deltasOf(events)
  let early = 0
  for (const { turn, text, start, end } of finals) {
    const shown = deltas.get(turn)!
    const line = shown.map(delta => delta.text).join('')
    t.ok(wordErrors(text, line) <= 2, `'${line}' is nearly '${text}'`)
    early += shown.filter(({ at }) => at > start && at < end).length
  }
  t.ok(early >= 3, `${early} deltas came while somebody spoke`)
  const text = finals.map(final => final.text).join(' ')
  recognises(t, text, jfkText)
})

t.test('finals are the same for any chunking and load', async t => {
  const clip = speech.subarray(0, 5 * second)
  const whole = finalsOf(await live(chunked([clip], 16_000)))
  t.ok(whole.length >= 2)
  const lengths = fc.array(fc.integer({ min: 4_000, max: 20_000 }), {
    minLength: 1,
    maxLength: 9,
  })
  const latency = fc.constantFrom(...(['low', 'balanced', 'accurate'] as const))
  await fc.assert(
    fc.asyncProperty(
      lengths,
      latency,
      fc.nat(2),
      async (sizes, early, load) => {
        const work = Array.from({ length: load }, () =>
          recognizer.recognize(speech.slice(), { spoken: true, live: true }),
        )
        const events = await live(spoken(clip, sizes), { latency: early })
        deltasOf(events)
        t.strictSame(finalsOf(events), whole)
        await Promise.all(work)
      },
    ),
    { numRuns: 3 },
  )
})

t.test('several streams on one worker are all heard', async t => {
  const clip = speech.subarray(0, 4 * second)
  const alone = finalsOf(await live(chunked([clip], 16_000)))
  const all = await Promise.all(
    Array.from({ length: 3 }, () => live(spoken(clip, [8_000]))),
  )
  for (const events of all) {
    t.strictSame(finalsOf(events), alone)
    t.ok([...deltasOf(events).values()].flat().length >= alone.length)
  }
})

t.test('endless speech is cut, and nothing shown crosses a cut', async t => {
  const clips = await ownClips()
  const parts = []
  for (const { path } of clips) {
    const samples = await samplesOf(path)
    // Pauses at the ends of the clips would end the turns.
    parts.push(samples.subarray(4_000, samples.length - 6_000))
  }
  const options = { silenceDurationMs: 2_000 }
  const events = await live(spoken(joinSamples(parts), [40_000]), options)
  const finals = finalsOf(events)
  t.ok(finals.length >= 2)
  const deltas = deltasOf(events)
  let last = 0
  for (const { turn, start, end, text } of finals) {
    t.ok(start >= last && end > start && end - start <= 15_000)
    last = end
    const shown = deltas.get(turn)!.map(delta => delta.text)
    const [said, line] = [wordsOf(text), wordsOf(shown.join(''))]
    t.ok(line.length <= said.length + 2, 'no words of the next turn')
  }
  const text = finals.map(final => final.text).join(' ')
  const reference = clips.map(clip => clip.text).join(' ')
  const length = wordsOf(reference).length
  t.ok(wordErrors(reference, text) <= 0.15 * length, 'none lost or doubled')
})

t.test('the end of the input is the end of the turn', async t => {
  const events = await live(spoken(speech.subarray(0, 36_000), [8_000]))
  const finals = finalsOf(events)
  t.equal(finals.length, 1)
  recognises(t, finals[0]!.text, jfkStart)
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
  const events = await live([
    ...chunked([clip], 16_000),
    ...chunked([clip], 16_000, 100 * second),
  ])
  const kinds = events
    .map(({ type }) => type)
    .filter(type => type === 'final' || type === 'gap')
  t.same(kinds, ['final', 'gap', 'final'])
  t.ok(deltasOf(events).size === 2)
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
  const length = 10 * second
  for (const audio of [
    new Float32Array(length),
    noise(length),
    music(length),
    tone(440, 16_000, length),
  ]) {
    const events = await live(spoken(audio, [second]))
    t.same(
      events.filter(({ type }) => type === 'delta'),
      [],
    )
    for (const { text } of finalsOf(events)) t.equal(text, '')
  }
})

t.test('a machine that is too slow is told of, once', async t => {
  const stage = new LocalTranscriber({ recognizer, live: true })
  const warnings: TranscriptEvent[] = []
  stage.on('data', (event: TranscriptEvent) => {
    if (event.type === 'warning') warnings.push(event)
  })
  const told = new Promise<void>(resolve => {
    stage.on('data', ({ type }: TranscriptEvent) => {
      if (type === 'warning') resolve()
    })
  })
  const started = new Promise<void>(resolve => {
    stage.on('data', ({ type }: TranscriptEvent) => {
      if (type === 'speech-start') resolve()
    })
  })
  const [first, next] = chunked(cut(speech, [24_000, 3_200]), 16_000)
  stage.write(first)
  await started
  // The only worker is kept from what comes next for two seconds.
  const until = performance.now() + 2_000
  const busy = async (): Promise<void> => {
    while (performance.now() < until)
      await recognizer.recognize(speech.slice(), { spoken: true, live: true })
  }
  const kept = Promise.all([busy(), busy()])
  stage.write(next)
  await kept
  await told
  const ended = finished(stage)
  stage.end()
  await ended
  t.match(warnings, [{ code: 'VOX_LIVE_BEHIND', message: /busy/ }])
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
