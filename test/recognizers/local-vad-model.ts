import t from 'tap'
import type { TurnMark } from '../../lib/core/turn-detector.ts'
import { SileroActivity } from '../../lib/recognizers/engine/silero-activity.ts'
import { localVad } from '../../lib/recognizers/local-vad.ts'
import { atRate } from '../fixtures/audio.ts'
import { ownCache, testModels } from '../fixtures/models.ts'
import { useEmptyCache } from '../fixtures/registry.ts'
import { jfk, samplesOf } from '../fixtures/speech-clips.ts'

const RATE = 24_000

/** "And so my fellow Americans" (290–2250 ms), "ask not what" (3250–). */
const speech = atRate(
  (await samplesOf(jfk)).subarray(0, 16_000 * 4.5),
  16_000,
  RATE,
)

t.test('turns lie around what is said', async t => {
  const modelDir = await testModels()
  const detector = localVad({ type: 'local_vad', modelDir })(RATE)
  const marks = [...(await detector.push(speech)), ...(await detector.end())]
  await detector.close?.()
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

t.test('a model that cannot be had', async t => {
  const home = t.testdir({})
  await useEmptyCache(t, home)
  const detector = localVad({ type: 'local_vad', modelDir: home })(RATE)
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
