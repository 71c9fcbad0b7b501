import t from 'tap'
import { AudioStore } from '../../../lib/openai/realtime/audio-store.ts'
import { LoudAudio } from '../../../lib/openai/realtime/loud-audio.ts'

const SECOND = 24_000

/** A tone of so many seconds, with this peak. */
const tone = (seconds: number, peak: number): Float32Array =>
  Float32Array.from(
    { length: seconds * SECOND },
    (_, i) => peak * Math.sin(i / 20),
  )

/** Tones one after another, and how loud they are. */
const loudOf = (...tones: Float32Array[]) => {
  const store = new AudioStore(60_000)
  for (const samples of tones) store.append(samples, store.end)
  return { store, loud: new LoudAudio(store) }
}

t.test('silence and faint noise may not be speech', async t => {
  const { loud } = loudOf(tone(1, 0), tone(1, 0.015))
  t.notOk(await loud.mayBeSpeech(0, 2 * SECOND))
  t.notOk(await loud.mayBeSpeech(0, 0), 'nothing is silent')
})

t.test('a single loud sample may be speech', async t => {
  const click = tone(1, 0)
  click[500] = -0.5
  const { loud } = loudOf(click)
  t.ok(await loud.mayBeSpeech(0, SECOND))
  t.ok(await loud.mayBeSpeech(500, 501))
  t.notOk(await loud.mayBeSpeech(501, SECOND))
})

t.test('audio that is as loud as speech is counted', async t => {
  const { loud } = loudOf(tone(2, 0.2), tone(3, 0.01), tone(1, 0.2))
  t.equal(await loud.since(0, 6 * SECOND), 3 * SECOND)
})

t.test('what was counted is not read again', async t => {
  const { store, loud } = loudOf(tone(2, 0.2))
  t.equal(await loud.since(0, SECOND), SECOND)
  t.equal(await loud.since(0, SECOND), SECOND)
  store.append(tone(1, 0.2), store.end)
  t.equal(await loud.since(0, 3 * SECOND), 3 * SECOND)
})

t.test('a turn begins the count anew', async t => {
  const { loud } = loudOf(tone(4, 0.2))
  await loud.since(0, 2 * SECOND)
  t.equal(await loud.since(3 * SECOND, 4 * SECOND), SECOND)
})

t.test('audio that was forgotten is not asked for', async t => {
  const { store, loud } = loudOf(tone(3, 0.2))
  store.dropBefore(2 * SECOND)
  t.equal(await loud.since(0, 3 * SECOND), SECOND)
  t.ok(await loud.mayBeSpeech(0, 3 * SECOND))
})
