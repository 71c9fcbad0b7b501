import t from 'tap'
import { AudioStore } from '../../../lib/openai/realtime/audio-store.ts'
import {
  ExpectedEvents,
  SessionClock,
  StallDetector,
  LoudAudio,
} from '../../../lib/openai/realtime/server-detection.ts'

t.test('an event that never comes is missed three times', async t => {
  const habits = new ExpectedEvents()
  const missed = [1, 2, 3, 4, 5].map(() => habits.isLost('stopped'))
  t.same(missed, [true, true, true, false, false])
})

t.test('an event that came once is always missed', async t => {
  const habits = new ExpectedEvents()
  habits.received('committed')
  for (let i = 0; i < 10; i++) t.ok(habits.isLost('committed'))
})

t.test('counts each type of event separately', async t => {
  const habits = new ExpectedEvents()
  for (let i = 0; i < 4; i++) habits.isLost('previous')
  t.notOk(habits.isLost('previous'))
  t.ok(habits.isLost('started'))
  habits.received('previous')
  t.ok(habits.isLost('previous'), 'it came after all')
})

t.test('a session that begins amid the source', async t => {
  const clock = new SessionClock()
  t.equal(clock.toSource(7), 0, 'before anything was sent')
  clock.start(0, 48_000)
  t.equal(clock.toSource(0), 48_000)
  t.equal(clock.toSource(100), 48_100)
  t.equal(clock.toSource(-5), 48_000, 'no turn begins before it')
})

t.test('excludes added silence from the source', async t => {
  const clock = new SessionClock()
  clock.start(0, 1_000)
  clock.stop(1_500)
  t.equal(clock.toSource(500), 1_500)
  t.equal(clock.toSource(9_000), 1_500)
})

t.test('a jump of the source', async t => {
  const clock = new SessionClock()
  clock.stop(3) // no audio yet: of no effect
  clock.start(0, 0)
  clock.stop(500)
  clock.start(800, 24_000)
  t.equal(clock.toSource(499), 499)
  t.equal(clock.toSource(700), 500, 'in the added silence')
  t.equal(clock.toSource(800), 24_000)
  t.equal(clock.toSource(810), 24_010)
})

t.test('three sessions that end at a place are too many', async t => {
  const stuck = new StallDetector()
  t.equal(stuck.sessionEnded(100, 900), undefined)
  t.equal(stuck.sessionEnded(100, 500), undefined)
  t.equal(stuck.sessionEnded(100, 700), 500, 'each of them got so much')
  t.equal(stuck.sessionEnded(100, 300), 300)
})

t.test('a session that gets further begins the count anew', async t => {
  const stuck = new StallDetector()
  stuck.sessionEnded(0, 10)
  stuck.sessionEnded(0, 10)
  t.equal(stuck.sessionEnded(5, 10), undefined)
  t.equal(stuck.sessionEnded(5, 10), undefined)
  t.equal(stuck.sessionEnded(5, 20), 10)
})

t.test('a session without audio does not count', async t => {
  const stuck = new StallDetector()
  stuck.sessionEnded(7, 9)
  stuck.sessionEnded(7, 9)
  t.equal(stuck.sessionEnded(7, 7), undefined)
  t.equal(stuck.sessionEnded(7, 0), undefined)
  t.equal(stuck.sessionEnded(7, 8), 8)
})

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
