import * as fc from 'fast-check'
import t from 'tap'
import { LocalSession } from '../../lib/recognizers/local-session.ts'
import { scriptedRecognizer } from '../../lib/testing/index.ts'
import { RecordedSession } from '../fixtures/recorded-session.ts'
import { jfkWords } from '../fixtures/scripted.ts'
import { jfk, samplesOf } from '../fixtures/speech-clips.ts'

const recognizer = scriptedRecognizer({ words: jfkWords, size: 2 })

/** "And so my fellow Americans" (0.3–2.2 s), "ask not" (3.3–4.4 s), … */
const speech = await samplesOf(jfk)
const second = 16_000

const record = (options = {}): RecordedSession =>
  new RecordedSession(LocalSession, recognizer, speech, options)

/** What a session of its own hears in a part of the speech. */
const heardIn = async (from: number, to: number) => {
  const alone = record({ at: from })
  alone.push(to)
  await alone.session.end()
  return alone.heard
}

t.test('a commit ends what is open, wherever it comes', async t => {
  const place = fc.integer({ min: 1, max: 6 * second })
  const places = fc.array(place, { minLength: 1, maxLength: 2 })
  const lengths = fc.array(fc.integer({ min: 500, max: 30_000 }), {
    minLength: 1,
    maxLength: 5,
  })
  await fc.assert(
    fc.asyncProperty(places, lengths, async (places, lengths) => {
      const live = record({ latency: 'balanced' })
      const plain = record()
      const expected = []
      let from = 0
      for (const to of [...places.sort((a, b) => a - b), 6 * second]) {
        plain.push(to, lengths)
        void plain.commit()
        await live.speak(to, lengths)
        void live.commit()
        expected.push(...(await heardIn(from, to)))
        from = to
      }
      await Promise.all([plain.session.end(), live.session.end()])
      t.strictSame(plain.heard, expected)
      for (const { told, finals } of [plain, live]) {
        const names = finals.map(({ turn }) => turn)
        t.equal(new Set(names).size, names.length)
        for (const [i, event] of told.entries()) {
          if (event.type !== 'after') continue
          const { turn } = event
          const ended = turn === undefined ? [] : [{ type: 'speech-end', turn }]
          const before = told.slice(i - 1 - ended.length, i)
          t.match(before, [{ type: 'before' }, ...ended])
          const mine = told.filter(
            event => event.type === 'final' && event.turn === turn,
          )
          t.equal(mine.length, turn === undefined ? 0 : 1)
          t.ok(mine.every(final => told.indexOf(final) > i))
        }
      }
    }),
    { numRuns: 25 },
  )
})

t.test('transcribes everything but cleared audio', async t => {
  for (const [one, two] of [
    [1 * second, 4 * second],
    [3 * second, 5 * second + 77],
  ] as const) {
    const live = record({ latency: 'balanced' })
    await live.speak(one, [4_000])
    void live.session.clear()
    await live.speak(two, [4_000])
    void live.session.clear()
    live.push(9 * second)
    await live.session.end()
    const plain = record()
    plain.push(one)
    void plain.session.clear()
    plain.push(two)
    void plain.session.clear()
    plain.push(9 * second, [999])
    await plain.session.end()
    const rest = await heardIn(two, 9 * second)
    t.strictSame(plain.heard.slice(-rest.length), rest)
    const deltas = live.told.filter(({ type }) => type === 'delta')
    t.ok(deltas.length > 0)
    const started = live.told.filter(({ type }) => type === 'speech-start')
    const ended = live.told.filter(({ type }) => type === 'speech-end')
    t.ok(started.length > ended.length, 'a turn was open')
    t.equal(live.finals.length, ended.length, 'and has no final')
    const names = started.map(event => (event as { turn: string }).turn)
    t.equal(new Set(names).size, names.length, 'nor has another its name')
  }
})

t.test('audio can be handed to another session', async t => {
  for (const latency of [undefined, 'balanced'] as const) {
    const live = record(latency ? { latency } : {})
    live.push(5 * second, [8_000])
    const left = await live.session.drainUncommitted()
    const from = 5 * second - left.length
    t.same(left, speech.subarray(from, 5 * second))
    const last = live.told.at(-1)
    if (latency) {
      t.match(last, { type: 'speech-start' })
      t.ok(from / 16 <= (last as { at: number }).at)
    }
    const again = await live.session.drainUncommitted()
    t.equal(again.length, 0)
    await live.session.end()
    for (const { end } of live.heard) t.ok(end <= from / 16)
    t.match(live.told.at(-1), { type: 'end', duration: 5_000 })
  }
})

t.test('rejects all calls of an aborted session', async t => {
  const abort = new AbortController()
  const errors: Error[] = []
  const session = new LocalSession({
    recognizer,
    voiceActivity: recognizer.voiceActivity,
    onEvent: () => {},
    onError: error => errors.push(error),
    signal: abort.signal,
  })
  for (let at = 0; at < 5; at++)
    void session.push(speech.subarray(0), at * speech.length)
  const ended = session.end()
  abort.abort()
  await t.rejects(ended, { name: 'AbortError' })
  await t.rejects(session.commit(), { name: 'AbortError' })
  t.ok(errors.length <= 1, 'and tells so once')
})
