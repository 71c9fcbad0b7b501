import * as fc from 'fast-check'
import t from 'tap'
import { ChunkResampler } from '../../lib/audio/resample-chunks.ts'
import type { TurnMark } from '../../lib/core/turn-detector.ts'
import { localVad, type LocalVad } from '../../lib/recognizers/local-vad.ts'
import { VAD_FRAME } from '../../lib/recognizers/voice-activity.ts'
import { scriptedRecognizer } from '../../lib/testing/index.ts'
import { jfkWords } from '../fixtures/scripted.ts'
import { jfk, samplesOf } from '../fixtures/speech-clips.ts'

const RATE = 24_000
const { voiceActivity } = scriptedRecognizer({ words: jfkWords })
const options: LocalVad = { type: 'local_vad', voiceActivity }

/** "And so my fellow Americans" (290–2250 ms), "ask not what" (3250–). */
const speech = await (async () => {
  const samples = (await samplesOf(jfk)).subarray(0, 16_000 * 4.5)
  const resampler = new ChunkResampler({
    sampleRate: RATE,
    channels: 'mono',
    engine: 'polyphase',
  })
  const chunk = { sampleRate: 16_000, channels: [samples], offset: 0 }
  const chunks = [...resampler.push(chunk), ...resampler.end()]
  return Float32Array.from(chunks.flatMap(({ channels }) => [...channels[0]!]))
})()

/** Pieces of audio, of lengths that are taken in turn. */
function* piecesOf(
  samples: Float32Array,
  lengths: readonly number[],
): Generator<Float32Array> {
  for (let at = 0, i = 0; at < samples.length; i++) {
    const length = lengths[i % lengths.length]!
    yield samples.subarray(at, (at += length))
  }
}

/** The marks of audio, each with the place up to which it was settled. */
const detect = async (
  samples: Float32Array,
  lengths: readonly number[],
  more: Partial<LocalVad> = {},
) => {
  const detector = localVad({ ...options, ...more })(RATE)
  const marks: TurnMark[] = []
  const settled: { at: number; before: number }[] = []
  for (const piece of piecesOf(samples, lengths)) {
    marks.push(...(await detector.push(piece)))
    settled.push({ at: detector.settled, before: marks.length })
  }
  marks.push(...(await detector.end()))
  await detector.close?.()
  return { marks, settled }
}

t.test('turns lie around what is said', async t => {
  const { marks } = await detect(speech, [speech.length])
  t.match(marks, [
    { type: 'open' },
    { type: 'close' },
    { type: 'open' },
    { type: 'close' },
  ])
  const ms = (place: number): number => Math.round((place / RATE) * 1_000)
  const places = marks.map(mark =>
    mark.type === 'open'
      ? [ms(mark.from), ms(mark.start)]
      : [ms(mark.end), ms(mark.to)],
  )
  // Frames of 32 ms: 300 ms before the voice, and 200 ms behind it.
  t.same(places, [
    [0, 288],
    [2_272, 2_464],
    [2_944, 3_232],
    [4_500, 4_500],
  ])
  t.match(marks.at(-1), { to: speech.length }, 'never beyond what came')
})

t.test('it does not matter how the audio is cut', async t => {
  const { marks } = await detect(speech, [speech.length])
  const lengths = fc.array(fc.integer({ min: 1, max: 20_000 }), {
    minLength: 1,
    maxLength: 4,
  })
  await fc.assert(
    fc.asyncProperty(lengths, async lengths => {
      t.same((await detect(speech, lengths)).marks, marks)
    }),
    { numRuns: 20 },
  )
})

t.test('what is settled stays so', async t => {
  const { marks, settled } = await detect(speech, [1_200])
  let last = 0
  for (const { at, before } of settled) {
    if (at < last) t.fail(`${at} after ${last}`)
    last = at
    for (const mark of marks.slice(before)) {
      const place = mark.type === 'open' ? mark.from : mark.to
      // It may reach beyond the end, which nothing can.
      if (place < Math.min(at, speech.length))
        t.fail(`${mark.type} at ${place}, settled up to ${at}`)
    }
  }
  t.ok(last > speech.length / 2, 'and it goes on')
})

t.test('silence has no turns, and need not be kept', async t => {
  const { marks, settled } = await detect(new Float32Array(3 * RATE), [2_400])
  t.same(marks, [])
  t.ok(settled.at(-1)!.at > 2 * RATE)
})

t.test('its wishes are heard', async t => {
  const prefixPaddingMs = 0
  const [plain, tight] = await Promise.all([
    detect(speech, [speech.length]),
    detect(speech, [speech.length], { prefixPaddingMs }),
  ])
  const [first, second] = [plain, tight].map(({ marks }) => marks[2])
  t.ok((second as { from: number }).from > (first as { from: number }).from)
  const long = await detect(speech, [speech.length], {
    silenceDurationMs: 2_000,
  })
  t.equal(long.marks.length, 2, 'the pause ends no turn')
})

t.test('what makes no sense is refused before there is audio', async t => {
  for (const [name, value] of [
    ['threshold', 2],
    ['prefixPaddingMs', -1],
    ['silenceDurationMs', 1],
  ] as const)
    t.throws(() => localVad({ ...options, [name]: value }), {
      code: 'VOX_OPTION',
      option: name,
    })
})

t.test('without audio, no model is asked for', async t => {
  const detector = localVad({ type: 'local_vad', modelDir: '/nowhere' })(RATE)
  t.equal(detector.settled, 0)
  t.same(await detector.end(), [])
  await detector.close?.()
})

t.test('passes the state of each rating to the next call', async t => {
  const states: unknown[] = []
  const counting: LocalVad['voiceActivity'] = {
    detect: async (samples, { state } = {}) => {
      states.push(state)
      const probabilities = new Float32Array(samples.length / VAD_FRAME)
      return { probabilities, state: { calls: states.length } }
    },
  }
  await detect(new Float32Array(2 * RATE), [RATE / 4], {
    voiceActivity: counting,
  })
  t.ok(states.length > 1, 'called more than once')
  t.strictSame(states, [
    undefined,
    ...states.slice(1).map((_, i) => ({ calls: i + 1 })),
  ])
})
