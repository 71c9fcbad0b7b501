import t from 'tap'
import { splitFinal } from '../../../lib/captions/speakers/split-final.ts'
import type { FinalEvent, Word } from '../../../lib/core/transcript-event.ts'

/** A final whose words last 100 ms each, one after the other. */
const spoken = (
  text: string,
  words = text.split(' '),
  more: Partial<FinalEvent> = {},
): FinalEvent => ({
  type: 'final',
  turn: 't3',
  text,
  start: 0,
  end: 100 * words.length,
  words: words.map((text, i): Word => ({
    text,
    start: 100 * i,
    end: 100 * (i + 1),
    source: 'attention',
  })),
  ...more,
})

/** A speaks before a time, B from it on. */
const changing = (at: number) => (start: number, end: number) =>
  start + end < 2 * at ? 'A' : 'B'

const shown = (finals: readonly FinalEvent[]) =>
  finals.map(({ text, speaker, start, end, words }) => [
    `${speaker}: ${text}`,
    start,
    end,
    words?.map(word => `${word.text} (${word.speaker})`).join(' '),
  ])

t.test('a final of one speaker stays whole', async t => {
  const final = spoken('Are you there?')
  const [whole, none] = splitFinal(final, () => 'A')
  t.equal(none, undefined)
  t.match(whole, { turn: 't3', text: 'Are you there?', speaker: 'A' })
  t.ok(whole?.words?.every(word => word.speaker === 'A'))
  t.same(
    splitFinal(final, () => undefined),
    [final],
  )
})

t.test('it is divided where the speaker changes', async t => {
  const final = spoken('Are you there? Yes, I am.')
  const divided = splitFinal(final, changing(300))
  t.same(shown(divided), [
    ['A: Are you there?', 0, 300, 'Are (A) you (A) there? (A)'],
    ['B: Yes, I am.', 300, 600, 'Yes, (B) I (B) am. (B)'],
  ])
  t.same(
    divided.map(({ turn }) => turn),
    ['t3.1', 't3.2'],
  )
})

t.test('words may be bare, and other than the text has them', async t => {
  const bare = ['are', 'you', 'there', 'yes', 'i', 'am']
  const text = '“Are you  there?” — “Yes,\nI\u00a0am.”'
  const divided = splitFinal(spoken(text, bare), changing(300))
  t.same(shown(divided), [
    ['A: “Are you  there?” —', 0, 300, 'are (A) you (A) there (A)'],
    ['B: “Yes,\nI\u00a0am.”', 300, 600, 'yes (B) i (B) am (B)'],
  ])
  const other = spoken('It is $5. No, 6.', ['It', 'is', '—', 'five', 'no', '6'])
  const parts = splitFinal(other, changing(400))
  t.same(
    parts.flatMap(({ words }) => words?.map(({ text }) => text)),
    ['It', 'is', '—', 'five', 'no', '6'],
  )
})

t.test('without words, by letters', async t => {
  const final: FinalEvent = {
    type: 'final',
    turn: 't3',
    text: 'abcd efgh',
    start: 1_000,
    end: 2_000,
  }
  t.same(shown(splitFinal(final, changing(1_500))), [
    ['A: abcd', 1_000, 1_500, undefined],
    ['B: efgh', 1_500, 2_000, undefined],
  ])
})

t.test('writing without spaces is divided between words', async t => {
  const final = spoken('東京です。大阪です。', ['東京', 'です', '大阪', 'です'])
  t.same(
    splitFinal(final, changing(200)).map(({ text }) => text),
    ['東京です。', '大阪です。'],
  )
})

t.test('tokens without letters belong to the words before them', async t => {
  const divided = splitFinal(
    spoken('… Well ♪ ♪ no', ['well', 'no']),
    changing(100),
  )
  t.same(
    divided.map(({ text }) => text),
    ['… Well ♪ ♪', 'no'],
  )
  t.match(splitFinal(spoken('♪ ♪'), changing(50)), [
    { text: '♪ ♪', speaker: 'B' },
  ])
  t.match(splitFinal(spoken('', []), changing(0)), [{ text: '', speaker: 'B' }])
})

t.test(
  'keeps the speaker of the transcriber if the turns name none',
  async t => {
    const final = spoken('a b c d', undefined, { speaker: 'X' })
    const divided = splitFinal(final, start => (start < 200 ? 'A' : undefined))
    t.same(
      divided.map(({ text, speaker }) => `${speaker}: ${text}`),
      ['A: a b', 'X: c d'],
    )
  },
)

t.test('the first part keeps the facts of the whole final', async t => {
  const divided = splitFinal(
    spoken('a b', undefined, {
      usage: { type: 'duration', seconds: 1 },
      segment: { avgLogprob: -1 },
      logprobs: [],
      language: 'en',
      channel: 1,
    }),
    changing(100),
  )
  t.match(divided, [
    { usage: { seconds: 1 }, segment: { avgLogprob: -1 }, logprobs: [] },
    { language: 'en', channel: 1, usage: undefined, segment: undefined },
  ])
})
