// In a process of its own: it measures memory.
import * as fc from 'fast-check'
import t from 'tap'
import { joinSamples } from '../../lib/audio/resample-wave.ts'
import { localVad } from '../../lib/recognizers/local-vad.ts'
import { LocalSession } from '../../lib/recognizers/local-session.ts'
import { ManualSession } from '../../lib/recognizers/manual-session.ts'
import { usedMB } from '../fixtures/memory.ts'
import { numberedFloats } from '../fixtures/numbered.ts'
import { scriptedRecognizer } from '../../lib/testing/index.ts'
import { RecordedSession } from '../fixtures/recorded-session.ts'
import { jfkWords } from '../fixtures/scripted.ts'
import { jfk, jfkStart, jfkText, samplesOf } from '../fixtures/speech-clips.ts'

const second = 16_000
const speech = await samplesOf(jfk)
const silence = (seconds: number): Float32Array =>
  new Float32Array(seconds * second)
/** Said twice, with a pause that ends a segment. */
const twice = joinSamples([speech, silence(3), speech])

const recognizer = scriptedRecognizer({
  words: jfkWords,
  repeatMs: 14_000,
  size: 2,
})

const record = (
  samples: Float32Array,
  options = {},
  by = recognizer,
): RecordedSession => new RecordedSession(ManualSession, by, samples, options)

const heardIn = async (samples: Float32Array, from: number, to: number) => {
  const alone = record(samples, { at: from })
  alone.push(to)
  void alone.commit()
  await alone.session.end()
  return alone.heard
}

t.test('each commit has one final, of what lies before it', async t => {
  const end = 5 * second
  const place = fc.integer({ min: 1, max: end - 1 })
  const places = fc.uniqueArray(place, { minLength: 1, maxLength: 2 })
  const lengths = fc.array(fc.integer({ min: 500, max: 30_000 }), {
    minLength: 1,
    maxLength: 5,
  })
  await fc.assert(
    fc.asyncProperty(places, lengths, async (places, lengths) => {
      const live = record(speech, { latency: 'balanced' })
      const plain = record(speech)
      const expected = []
      let from = 0
      for (const to of [...places.sort((a, b) => a - b), end]) {
        plain.push(to, lengths)
        void plain.commit()
        await live.speak(to, lengths)
        void live.commit()
        expected.push(...(await heardIn(speech, from, to)))
        from = to
      }
      await Promise.all([plain.session.end(), live.session.end()])
      t.equal(plain.finals.length, places.length + 1)
      t.strictSame(plain.heard, expected)
      t.same(
        live.finals.map(({ turn, text }) => [turn, text]),
        plain.finals.map(({ turn, text }) => [turn, text]),
      )
      let last = 0
      for (const { start, end, words = [] } of plain.finals) {
        t.ok(start >= last && end >= start)
        last = Math.floor(start)
        for (const word of words) {
          t.ok(word.start >= last && word.end < end + 1)
          last = word.start
        }
        last = end
      }
      for (const { type } of live.told) t.notMatch(type, /^speech/)
    }),
    { numRuns: 25 },
  )
})

t.test('a turn that voice activity found is decoded alike', async t => {
  const numbers = { frames: 60, turnFrames: 10, sampleRate: second }
  const samples = numberedFloats({ ...numbers, pauseFrames: 8 })
  const finding = scriptedRecognizer()
  const { voiceActivity } = finding
  const texts: string[] = []
  const found = new LocalSession({
    recognizer: finding,
    voiceActivity,
    turns: { shortTurnSilenceMs: 500 },
    latency: 'accurate',
    onEvent: event => void (event.type === 'final' && texts.push(event.text)),
    onError: error => t.fail(error.message),
    signal: new AbortController().signal,
  })
  void found.push(samples, 0)
  await found.end()
  const detector = localVad({ type: 'local_vad', voiceActivity })(second)
  const marks = [...(await detector.push(samples)), ...(await detector.end())]
  await detector.close?.()
  const parts: Float32Array[] = []
  let from = 0
  for (const mark of marks)
    if (mark.type === 'open') from = mark.from
    else parts.push(samples.subarray(from, mark.to))
  const committing = scriptedRecognizer()
  const manual = record(joinSamples(parts), {}, committing)
  let to = 0
  for (const { length } of parts) {
    manual.push((to += length))
    void manual.commit()
  }
  await manual.session.end()
  t.equal(texts.length, 6)
  t.same(
    manual.finals.map(({ text }) => text),
    texts,
  )
  const [ofFound, ofManual] = [finding, committing].map(({ jobs }) =>
    jobs.filter(job => job.type === 'recognize').map(({ length }) => length),
  )
  t.same(ofManual, ofFound, 'of as many samples')
})

t.test('does not decode audio again that was decoded in a pause', async t => {
  const { voiceActivity } = recognizer
  const detector = localVad({ type: 'local_vad', voiceActivity })(second)
  const marks = await detector.push(speech)
  await detector.close?.()
  const [{ from }, { to }] = marks as unknown as [
    { from: number },
    { to: number },
  ]
  const turn = speech.slice(from, to)
  const words = jfkWords.slice(0, 5).map(word => ({
    ...word,
    start: word.start - from / 16,
    end: word.end - from / 16,
  }))
  const held = 30 // what a resampler has not given out yet
  const watched = scriptedRecognizer({ words })
  const decoded = (): number[] =>
    watched.jobs
      .filter(({ type }) => type === 'recognize')
      .map(({ length }) => length)
  const live = record(turn, { latency: 'balanced' }, watched)
  await live.speak(turn.length - held, [800])
  await live.session.prefetchFinal?.(turn.subarray(-held))
  t.same(decoded(), [turn.length], 'the pause is long enough')
  await live.speak(turn.length, [held])
  void live.commit()
  await live.session.end()
  t.same(decoded(), [turn.length], 'and the commit has what it needs')
  const plain = record(turn, {}, watched)
  plain.push(turn.length)
  void plain.commit()
  await plain.session.end()
  t.match(live.heard, [{ text: jfkStart }])
  t.same(live.heard, plain.heard)
})

t.test('a long turn is decoded in segments, and is one', async t => {
  const live = record(twice, { latency: 'balanced' })
  await live.speak(twice.length, [8_000])
  void live.commit()
  await live.session.end()
  const plain = record(twice)
  plain.push(twice.length)
  void plain.commit()
  await plain.session.end()
  t.same(live.heard, plain.heard)
  const [{ text, start, end, words }] = live.finals as [
    RecordedSession['finals'][0],
  ]
  t.equal(live.finals.length, 1)
  t.equal(text, `${jfkText} ${jfkText}`)
  t.same(
    words!.map(({ start }) => start),
    [0, 14_000].flatMap(from => jfkWords.map(word => from + word.start)),
  )
  t.ok(start < second && end > (twice.length - second) / 16)
  const deltas = live.told.filter(event => event.type === 'delta')
  let at = 0
  for (const [i, delta] of deltas.entries()) {
    t.ok(delta.at! >= at && delta.turn === live.finals[0]!.turn)
    at = delta.at!
    t.match(delta.text, i === 0 ? /^\S/ : /^[ \p{P}]/u)
  }
  const line = deltas.map(delta => delta.text).join('')
  t.equal(line, text)
})

t.test('what is cleared has no final, though it was decoded', async t => {
  for (const latency of [undefined, 'balanced'] as const) {
    const manual = record(twice, latency ? { latency } : {})
    const to = 17 * second
    manual.push(to)
    void manual.session.process()
    void manual.session.clear()
    manual.push(twice.length)
    void manual.commit()
    void manual.session.clear()
    await manual.session.end()
    t.strictSame(manual.heard, await heardIn(twice, to, twice.length))
    t.match(manual.told.at(-1), { type: 'end', complete: true })
    const names = manual.told.map(event => 'turn' in event && event.turn)
    const { turn } = manual.finals[0]!
    t.ok(names.indexOf(turn) > names.lastIndexOf('turn-1'))
  }
})

t.test('hands over only audio that was not decoded', async t => {
  const manual = record(twice)
  const to = 16 * second
  manual.push(to, [9_000])
  const left = await manual.session.drainUncommitted()
  const from = to - left.length
  t.same(left, twice.subarray(from, to))
  t.ok(from < 14.3 * second, 'the second time begins in it')
  await manual.session.end()
  t.match(manual.finals, [{ text: jfkText }])
  t.ok(manual.finals[0]!.end <= from / 16)
  const short = record(speech)
  short.push(2 * second)
  t.equal((await short.session.drainUncommitted()).length, 2 * second)
  await short.session.end()
  t.same(short.finals, [], 'and there is no turn where all is')
})

t.test('a gap and the end are ends of turns', async t => {
  const words = jfkWords
  const repeated = scriptedRecognizer({ words, repeatMs: 100_000 })
  const manual = record(speech, {}, repeated)
  manual.push(2 * second)
  const pushed = manual.session.push(speech, 100 * second)
  t.ok(manual.session.settled <= 300)
  await pushed
  void manual.commit()
  void manual.session.push(silence(1), 200 * second)
  await manual.session.end()
  const kinds = manual.told.map(({ type }) => type)
  t.same(
    kinds.filter(kind => kind !== 'before' && kind !== 'after'),
    ['final', 'gap', 'final', 'gap', 'end'],
  )
  t.match(manual.told.at(-1), { duration: 201_000, complete: false })
  t.match(manual.heard, [
    { text: jfkStart, start: 288 },
    { text: jfkText, start: 100_288 },
  ])
})

t.test('a commit without speech has a final without text', async t => {
  const manual = record(silence(3))
  void manual.commit()
  manual.push(2 * second)
  void manual.commit()
  manual.push(3 * second)
  await manual.session.end()
  t.match(manual.heard, [
    { text: '', start: 0, end: 0, words: [] },
    { text: '', start: 0, end: 2_000, words: [] },
  ])
  t.equal(manual.finals.length, 2)
})

t.test('minutes that are not committed are not kept', async t => {
  const part = joinSamples([speech.subarray(0, 2 * second), silence(58)])
  const words = jfkWords.slice(0, 5)
  const repeated = scriptedRecognizer({ words, repeatMs: 60_000 })
  const manual = record(speech, {}, repeated)
  let at = 0
  const speakFor = async (minutes: number): Promise<number> => {
    for (const end = at + minutes * part.length; at < end; at += second) {
      const from = at % part.length
      await manual.session.push(part.subarray(from, from + second), at)
    }
    return usedMB()
  }
  const before = await speakFor(1)
  const minutes = 6
  const kept = (await speakFor(minutes - 1)) - before
  t.ok(kept < 1, `${kept.toFixed(1)} MB`)
  void manual.commit()
  await manual.session.end()
  t.equal(
    manual.finals[0]!.text,
    Array.from({ length: minutes }, () => jfkStart).join(' '),
  )
})
