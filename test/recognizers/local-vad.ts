import t from 'tap'
import { ChunkResampler } from '../../lib/audio/resample-chunks.ts'
import type { TurnMark } from '../../lib/core/turn-detector.ts'
import { localVad, type LocalVad } from '../../lib/recognizers/local-vad.ts'
import { SileroActivity } from '../../lib/recognizers/engine/silero-activity.ts'
import { ownCache, testModels } from '../fixtures/models.ts'
import { closedRegistry } from '../fixtures/registry.ts'
import { jfk, samplesOf } from '../fixtures/speech-clips.ts'

const RATE = 24_000
const modelDir = await testModels()
const options: LocalVad = { type: 'local_vad', modelDir }

// One thread for all tests: to start one takes longer than to use it.
const shared = new SileroActivity({ modelDir })
await shared.detect(new Float32Array(512))
t.teardown(() => shared.close())

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
  const ms = (place: number): number => (place / RATE) * 1_000
  const [one, end, two] = marks as [
    TurnMark & { type: 'open' },
    TurnMark & { type: 'close' },
    TurnMark & { type: 'open' },
  ]
  t.ok(one.from <= one.start && ms(one.start) < 560, 'in the first word')
  t.ok(ms(end.end) > 1_620 && ms(end.end) < 3_000, 'after "Americans"')
  t.ok(end.end <= end.to && end.to <= two.from)
  t.ok(ms(two.from) < 3_250 && ms(two.start) < 3_720)
  t.match(marks.at(-1), { to: speech.length }, 'never beyond what came')
})

t.test('it does not matter how the audio is cut', async t => {
  const { marks } = await detect(speech, [speech.length])
  t.same((await detect(speech, [997])).marks, marks)
  const begins = speech.subarray(0, 30_000)
  const whole = await detect(begins, [begins.length])
  t.equal(whole.marks.length, 2)
  t.same((await detect(begins, [1, 1, 1, 2_399])).marks, whole.marks)
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
  const detector = localVad({ ...options, modelDir: '/nowhere' })(RATE)
  t.equal(detector.settled, 0)
  t.same(await detector.end(), [])
  await detector.close?.()
})

t.test('a model that cannot be had', async t => {
  const home = t.testdir({})
  const env = {
    XDG_CACHE_HOME: home,
    npm_config_registry: await closedRegistry(),
    npm_config_fetch_retries: '0',
  }
  for (const [name, value] of Object.entries(env)) {
    const before = process.env[name]
    process.env[name] = value
    t.teardown(() => {
      if (before === undefined) delete process.env[name]
      else process.env[name] = before
    })
  }
  const detector = localVad({ ...options, modelDir: home })(RATE)
  t.same(await detector.push(new Float32Array(10)), [], 'not yet a frame')
  const more = detector.push(new Float32Array(RATE)) as Promise<TurnMark[]>
  await t.rejects(more, { code: 'VOX_MODEL_MISSING' })
  await ownCache(home)
  const other = new SileroActivity({ modelDir: home })
  await other.detect(new Float32Array(512))
  await detector.close?.()
  const { probabilities } = await other.detect(new Float32Array(512))
  t.equal(probabilities.length, 1, 'what it did not get it does not give back')
  await other.close()
})
