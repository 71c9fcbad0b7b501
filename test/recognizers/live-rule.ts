import { ok } from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { latencies } from '../../lib/recognizers/latency.ts'
import { isSure, liveRules } from '../../lib/recognizers/live-text.ts'

type Word = Parameters<typeof isSure>[0]
type Place = Parameters<typeof isSure>[1]

const SECOND = 16_000

const word = (more: Partial<Word> = {}): Word => ({
  text: 'amiable',
  probability: 1,
  end: SECOND,
  since: SECOND,
  seen: 1,
  ...more,
})

const place = (more: Partial<Place> = {}): Place => ({
  edge: 2 * SECOND,
  settled: false,
  index: 4,
  after: 2,
  ...more,
})

const { low, balanced, accurate } = liveRules

t.test('a word that lasts until the end of the audio may go on', async t => {
  const last = place({ after: 0 })
  for (const latency of latencies) {
    const rule = liveRules[latency]
    t.ok(isSure(word(), last, rule), 'it was over long ago')
    const open = word({ end: 2 * SECOND - 1_000, since: 0, seen: 40 })
    t.notOk(isSure(open, last, rule), 'not even when heard for long')
    t.ok(isSure(open, place(), rule), 'but when one comes after it')
  }
})

t.test('what is unlikely waits until it has lasted', async t => {
  const unlikely = { probability: Math.exp(-3), end: 1.9 * SECOND }
  for (const rule of [low, balanced, accurate]) {
    const heard = (since: number): boolean =>
      isSure(word({ ...unlikely, since }), place(), rule)
    t.notOk(heard(2 * SECOND))
    t.ok(heard(2 * SECOND - rule.steady))
  }
})

t.test('what is long past has to be heard twice', async t => {
  const past = { probability: Math.exp(-3), end: SECOND, since: 2 * SECOND }
  for (const rule of [low, balanced, accurate]) {
    t.notOk(isSure(word({ ...past, seen: 1 }), place(), rule))
    t.ok(isSure(word({ ...past, seen: 2 }), place(), rule))
  }
})

t.test('in a pause the last word is whole sooner', async t => {
  const now = word({
    probability: Math.exp(-0.6),
    end: 1.7 * SECOND,
    since: 2 * SECOND,
  })
  const last = place({ after: 0 })
  t.notOk(isSure(now, last, balanced))
  t.ok(isSure(now, { ...last, settled: true }, balanced))
})

const samples = fc.nat(15 * SECOND)
const arbitraryWord = fc.record({
  text: fc.constant('a'),
  ids: fc.constant([]),
  probability: fc
    .double({ min: -10, max: 0, noNaN: true })
    .map(logprob => Math.exp(logprob)),
  end: samples,
  since: samples,
  seen: fc.integer({ min: 1, max: 50 }),
})
/** A word, where it stands, and how it would be heard. */
const cases = fc
  .record({
    word: arbitraryWord,
    place: fc.record({
      edge: samples,
      settled: fc.boolean(),
      index: fc.nat(40),
      after: fc.nat(10),
    }),
    latency: fc.constantFrom(...latencies),
  })
  .filter(({ word, place }) => word.since <= place.edge)

t.test('nothing that speaks for a word makes it less sure', async () => {
  fc.assert(
    fc.property(
      cases,
      fc.double({ min: 0, max: 1, noNaN: true }),
      ({ word, place, latency }, share) => {
        const rule = liveRules[latency]
        if (!isSure(word, place, rule)) return
        const probability = (word.probability ?? 1) ** share
        ok(isSure({ ...word, probability }, place, rule), 'likelier')
        const since = word.since * share
        ok(isSure({ ...word, since }, place, rule), 'heard for longer')
        const seen = word.seen + 1
        ok(isSure({ ...word, seen }, place, rule), 'heard more often')
        const settled = true
        ok(isSure(word, { ...place, settled }, rule), 'a pause')
        const edge = place.edge + share * SECOND
        ok(isSure(word, { ...place, edge }, rule), 'later')
      },
    ),
    { numRuns: 500 },
  )
})

t.test('who wants it early gets it no later than others', async () => {
  fc.assert(
    fc.property(cases, ({ word, place }) => {
      const sure = [accurate, balanced, low].map(rule =>
        isSure(word, place, rule),
      )
      for (const [i, early] of sure.entries())
        if (i > 0) ok(early || !sure[i - 1])
    }),
    { numRuns: 500 },
  )
})
