import { ok } from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import {
  latencies,
  liveTextRules,
  isStable,
} from '../../lib/recognizers/live-text.ts'

type Word = Parameters<typeof isStable>[0]
type Place = Parameters<typeof isStable>[1]

const SECOND = 16_000

const word = (more: Partial<Word> = {}): Word => ({
  text: 'amiable',
  probability: 1,
  end: SECOND,
  firstSeenAt: SECOND,
  timesSeen: 1,
  ...more,
})

const place = (more: Partial<Place> = {}): Place => ({
  audioEnd: 2 * SECOND,
  paused: false,
  wordsBefore: 4,
  wordsAfter: 2,
  ...more,
})

const { low, balanced, accurate } = liveTextRules

t.test('a word that lasts until the end of the audio may go on', async t => {
  const last = place({ wordsAfter: 0 })
  for (const latency of latencies) {
    const rule = liveTextRules[latency]
    t.ok(isStable(word(), last, rule), 'it was over long ago')
    const open = word({
      end: 2 * SECOND - 1_000,
      firstSeenAt: 0,
      timesSeen: 40,
    })
    t.notOk(isStable(open, last, rule), 'not even when heard for long')
    t.ok(isStable(open, place(), rule), 'but when one comes after it')
  }
})

t.test('holds back unlikely words until they persist', async t => {
  const unlikely = { probability: Math.exp(-3), end: 1.9 * SECOND }
  for (const rule of [low, balanced, accurate]) {
    const heard = (since: number): boolean =>
      isStable(word({ ...unlikely, firstSeenAt: since }), place(), rule)
    t.notOk(heard(2 * SECOND))
    t.ok(heard(2 * SECOND - rule.stableFor))
  }
})

t.test('requires old words twice', async t => {
  const past = {
    probability: Math.exp(-3),
    end: SECOND,
    firstSeenAt: 2 * SECOND,
  }
  for (const rule of [low, balanced, accurate]) {
    t.notOk(isStable(word({ ...past, timesSeen: 1 }), place(), rule))
    t.ok(isStable(word({ ...past, timesSeen: 2 }), place(), rule))
  }
})

t.test('in a pause the last word is whole sooner', async t => {
  const now = word({
    probability: Math.exp(-0.6),
    end: 1.7 * SECOND,
    firstSeenAt: 2 * SECOND,
  })
  const last = place({ wordsAfter: 0 })
  t.notOk(isStable(now, last, balanced))
  t.ok(isStable(now, { ...last, paused: true }, balanced))
})

const samples = fc.nat(15 * SECOND)
const arbitraryWord = fc.record({
  text: fc.constant('a'),
  ids: fc.constant([]),
  probability: fc
    .double({ min: -10, max: 0, noNaN: true })
    .map(logprob => Math.exp(logprob)),
  end: samples,
  firstSeenAt: samples,
  timesSeen: fc.integer({ min: 1, max: 50 }),
})
/** A word, where it stands, and how it would be heard. */
const cases = fc
  .record({
    word: arbitraryWord,
    place: fc.record({
      audioEnd: samples,
      paused: fc.boolean(),
      wordsBefore: fc.nat(40),
      wordsAfter: fc.nat(10),
    }),
    latency: fc.constantFrom(...latencies),
  })
  .filter(({ word, place }) => word.firstSeenAt <= place.audioEnd)

t.test('nothing that speaks for a word makes it less sure', async () => {
  fc.assert(
    fc.property(
      cases,
      fc.double({ min: 0, max: 1, noNaN: true }),
      ({ word, place, latency }, share) => {
        const rule = liveTextRules[latency]
        if (!isStable(word, place, rule)) return
        const probability = (word.probability ?? 1) ** share
        ok(isStable({ ...word, probability }, place, rule), 'likelier')
        const firstSeenAt = word.firstSeenAt * share
        ok(isStable({ ...word, firstSeenAt }, place, rule), 'heard for longer')
        const timesSeen = word.timesSeen + 1
        ok(isStable({ ...word, timesSeen }, place, rule), 'heard more often')
        ok(isStable(word, { ...place, paused: true }, rule), 'a pause')
        const audioEnd = place.audioEnd + share * SECOND
        ok(isStable(word, { ...place, audioEnd }, rule), 'later')
      },
    ),
    { numRuns: 500 },
  )
})

t.test('lower latency never shows words later', async () => {
  fc.assert(
    fc.property(cases, ({ word, place }) => {
      const sure = [accurate, balanced, low].map(rule =>
        isStable(word, place, rule),
      )
      for (const [i, early] of sure.entries())
        if (i > 0) ok(early || !sure[i - 1])
    }),
    { numRuns: 500 },
  )
})
