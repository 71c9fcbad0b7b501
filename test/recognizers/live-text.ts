import { deepEqual, equal, ok } from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { textOf } from '../../lib/recognizers/recognizer.ts'
import {
  latencies,
  liveTextRules,
  LiveText,
  type PlacedWord,
  normalizedWord,
} from '../../lib/recognizers/live-text.ts'

const SECOND = 16_000
const rule = liveTextRules.balanced

const heard = (text: string, end: number, logprob = 0): PlacedWord => ({
  text,
  probability: Math.exp(logprob),
  end,
})

/** Words that end 0.3 s after one another. */
const spoken = (text: string, from = 0): PlacedWord[] =>
  text.split(' ').map((word, i) => heard(word, from + (i + 1) * 0.3 * SECOND))

const endOf = (words: readonly PlacedWord[]): number => words.at(-1)?.end ?? 0

/** What has been shown after the same was heard until all of it is sure. */
const shows = (text: LiveText, words: readonly PlacedWord[]): string => {
  const end = endOf(words)
  const first = text.update(words, 0, end)
  return first + text.update(words, 0, end + SECOND)
}

t.test(
  'shows text on which two passes agree, and the rest at the end',
  async t => {
    const text = new LiveText(rule)
    t.equal(shows(text, spoken('had he married')), 'had he married')
    t.equal(shows(text, spoken('had he married a more')), ' a more')
    t.equal(text.finish(spoken('had he married a more amiable')), ' amiable')
  },
)

t.test('punctuation waits for the word after it', async t => {
  const text = new LiveText(rule)
  t.equal(shows(text, spoken('And so, my fellow.')), 'And so, my fellow')
  t.equal(shows(text, spoken('And so, my fellow Americans,')), ' Americans')
  t.equal(text.finish(spoken('And so, my fellow Americans!”')), '!”')
})

t.test('holds back unlikely words until they persist', async t => {
  const words = [heard('ask', SECOND, -3), heard('not', 1.7 * SECOND, -3)]
  const edge = 1.84 * SECOND
  const steady = new LiveText(rule)
  t.equal(steady.update(words, 0, edge), '')
  t.equal(
    steady.update(words, 0, edge + rule.stableFor - 1),
    'ask',
    'long past',
  )
  t.equal(steady.update(words, 0, edge + rule.stableFor), ' not')
  const other = new LiveText(rule)
  t.equal(other.update(words, 0, edge), '')
  t.equal(other.update([], 0, edge + 1), '')
  t.equal(other.update(words, 0, edge + rule.stableFor), '', 'it was gone')
})

t.test('shows nothing without text', async t => {
  const text = new LiveText(rule)
  t.equal(text.update([], 0, SECOND), '')
  t.equal(text.update([heard('—', SECOND)], 0, 3 * SECOND), '')
  t.equal(text.finish([]), '')
})

t.test('a word whose rest came later was once shown twice', async t => {
  const text = new LiveText(rule)
  const before = spoken('might be prudent')
  t.equal(shows(text, before), 'might be prudent')
  // A word came in between that was not heard before: the one after it now
  // stands where nothing was shown, but it began before the last one ended.
  const [might, be, prudent] = before as [PlacedWord, PlacedWord, PlacedWord]
  const between = heard('as', be.end + 1_000)
  const longer = heard('prudently', prudent.end + 2_000)
  t.equal(shows(text, [might, be, between, longer]), '')
  const all = [might, be, between, longer, heard('in', longer.end + 4_000)]
  t.equal(shows(text, all), ' in')
})

t.test('a mistake costs a word, not the rest of the turn', async t => {
  const text = new LiveText(rule)
  shows(text, spoken('he was not an ill sposed'))
  t.equal(
    text.finish(spoken('he was not an ill-disposed young man.')),
    ' man.',
    'two words for one: the next is taken for the second',
  )
  const other = new LiveText(rule)
  shows(other, spoken('he is not an'))
  t.equal(other.finish(spoken('he was not an oak.')), ' oak.')
})

t.test('a loop that looks back is not shown', async t => {
  const text = new LiveText(rule)
  const words = spoken('ask what you can do')
  shows(text, words)
  // The decoder goes round once more, over what it has already looked at.
  const loop = [...words, ...words]
  t.equal(text.update(loop, 0, 3 * SECOND), '')
  t.equal(text.update(loop, 0, 6 * SECOND), '')
})

t.test('a word past the limit waits', async t => {
  const text = new LiveText(rule)
  const words = spoken('ask what you can do')
  const limit = words[2]!.end
  const later = (end: number): string =>
    text.update(words, 0, end, false, limit)
  const [first, second] = [later(2 * SECOND), later(9 * SECOND)]
  t.equal(first + second, 'ask what you')
  t.equal(text.finish(words.slice(0, 4)), ' can')
})

t.test('the beginning of a long turn is not listened to again', async t => {
  const text = new LiveText(rule)
  const words = spoken('not what your country not what your country can do')
  t.equal(shows(text, words.slice(0, 6)), textOf({ words: words.slice(0, 6) }))
  t.equal(text.ends.length, 6)
  const from = text.ends[3]!
  const rest = words.slice(4)
  const more =
    text.update(rest, from, endOf(words)) +
    text.update(rest, from, endOf(words) + SECOND)
  t.equal(more, ' your country can do', 'it goes on where it was')
  t.equal(text.ends.length, words.length)
  t.equal(text.finish(words), '')
})

/** Words with letters and, often, with punctuation. */
const word = fc
  .tuple(
    fc.constantFrom('', '', '“'),
    fc.constantFrom('no', 'a', 'so', 'some', 'someone', 'ill-bred', 'Éa', '7'),
    fc.constantFrom('', '', ',', '.', '?”', '…', ';'),
  )
  .map(parts => parts.join(''))

/** What was said: words, and how long (samples) each took. */
const speech = fc
  .array(fc.tuple(word, fc.integer({ min: 3_000, max: 12_000 })), {
    maxLength: 25,
  })
  .map(list => {
    let end = 0
    return list.map(([text, length]) => heard(text, (end += length)))
  })

/** How it was listened to: a step, what times were wrong by, and so on. */
const listening = fc.array(
  fc.record({
    step: fc.integer({ min: 800, max: 40_000 }),
    /** Share of 80 ms by which all ends are late. */
    late: fc.double({ min: 0, max: 0.99, noNaN: true }),
    logprob: fc.double({ min: -4, max: 0, noNaN: true }),
    /** Which of the ends shown it begins at, if any. */
    window: fc.option(fc.nat(30)),
    settled: fc.boolean(),
  }),
  { maxLength: 30 },
)

t.test('text on which all passes agree is the final', async () => {
  fc.assert(
    fc.property(
      speech,
      listening,
      fc.constantFrom(...latencies),
      (words, steps, latency) => {
        const text = new LiveText(liveTextRules[latency])
        let shown = ''
        let edge = 0
        for (const { step, late, logprob, window, settled } of steps) {
          edge += step
          const from = window === null ? 0 : (text.ends[window] ?? 0)
          const before = text.ends.filter(end => end <= from).length
          const soFar = words
            .slice(before)
            .filter(({ end }) => end <= edge)
            .map(word => {
              const end = Math.min(edge, word.end + late * 1_280)
              return { ...word, end, probability: Math.exp(logprob) }
            })
          shown += text.update(soFar, from, edge, settled)
          ok(textOf({ words }).startsWith(shown), `'${shown}' is no beginning`)
        }
        equal(shown + text.finish(words), textOf({ words }))
      },
    ),
    { numRuns: 300 },
  )
})

t.test('a steady word is shown before the turn is over', async () => {
  fc.assert(
    fc.property(speech, fc.constantFrom(...latencies), (words, latency) => {
      const text = new LiveText(liveTextRules[latency])
      const shown = shows(text, words)
      equal(text.ends.length, words.length)
      ok(textOf({ words }).startsWith(shown))
      equal(shown + text.finish(words), textOf({ words }))
    }),
  )
})

/** Anything a recogniser may make up. */
const hypothesis = fc.record({
  words: fc.array(
    fc
      .tuple(word, fc.integer({ min: 0, max: 240_000 }))
      .map(([text, end]) => heard(text, end)),
    { maxLength: 12 },
  ),
  from: fc.integer({ min: 0, max: 200_000 }),
  to: fc.integer({ min: 0, max: 240_000 }),
  settled: fc.boolean(),
  limit: fc.oneof(fc.constant(Infinity), fc.integer({ min: 0, max: 240_000 })),
})

t.test('appends whole words, whatever is recognised', async () => {
  fc.assert(
    fc.property(
      fc.array(hypothesis, { maxLength: 20 }),
      speech,
      fc.constantFrom(...latencies),
      (hypotheses, final, latency) => {
        const text = new LiveText(liveTextRules[latency])
        let shown = ''
        const said = new Set(final.map(({ text }) => normalizedWord(text)))
        for (const { words, from, to, settled, limit } of hypotheses) {
          const [before, known] = [shown, text.ends.length]
          shown += text.update(words, from, to, settled, limit)
          for (const word of words) said.add(normalizedWord(word.text))
          const more = shown.slice(before.length)
          if (more !== '') ok(text.ends.length > known, `'${more}' is no word`)
          ok(/[^.,?!;:…”]$|^$/u.test(shown), `'${shown}' has its closing`)
        }
        const count = text.ends.length
        shown += text.finish(final)
        ok(text.ends.length - count <= final.length)
        const shownWords = shown === '' ? [] : shown.split(' ')
        equal(shownWords.length, text.ends.length)
        for (const word of shownWords) ok(said.has(normalizedWord(word)), word)
        deepEqual(
          text.ends,
          text.ends.toSorted((a, b) => a - b),
        )
      },
    ),
    { numRuns: 200 },
  )
})

t.test('shows the remaining end of a final', async () => {
  fc.assert(
    fc.property(speech, speech, (first, final) => {
      const text = new LiveText(rule)
      shows(text, first)
      const rest = text.finish(final)
      const words = rest.replace(/^[.,?!;:…”]* ?/u, '')
      ok(textOf({ words: final }).endsWith(words), `'${rest}'`)
    }),
  )
})
