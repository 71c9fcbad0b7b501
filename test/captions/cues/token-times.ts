import t from 'tap'
import { tokenTimes, tokensOf } from '../../../lib/captions/cues/tokens.ts'
import type { FinalEvent, Word } from '../../../lib/core/transcript-event.ts'

const times = (
  text: string,
  words?: [text: string, start: number, end: number][],
): { starts: readonly number[]; ends: readonly number[] } => {
  const final: FinalEvent = {
    type: 'final',
    turn: '',
    text,
    start: 1000,
    end: 2000,
  }
  if (words)
    final.words = words.map(([text, start, end]): Word => ({
      text,
      start,
      end,
      source: 'model',
    }))
  return tokenTimes(final, tokensOf(text, 42))
}

t.test('without word times the turn is shared out by letters', async t => {
  t.strictSame(times('aa, bbb ccccc'), {
    starts: [1000, 1200, 1500],
    ends: [1200, 1500, 2000],
  })
  t.strictSame(times('♪ ♪♪♪'), { starts: [1000, 1250], ends: [1250, 2000] })
})

t.test('word times are taken as they are, punctuation or not', async t => {
  const words: [string, number, number][] = [
    ['and', 1100, 1200],
    ['so', 1300, 1400],
    ['then', 1500, 1900],
  ]
  const expected = { starts: [1100, 1300, 1500], ends: [1200, 1400, 1900] }
  t.strictSame(times('And, so: then.', words), expected)
  const spaced = words.map(([text, start, end]): [string, number, number] => [
    ` ${text}`,
    start,
    end,
  ])
  t.strictSame(times('And, so: then.', spaced), expected)
})

t.test('a token without letters stands between its neighbours', async t => {
  const { starts, ends } = times('one — two', [
    ['one', 1000, 1200],
    ['two', 1600, 2000],
  ])
  t.strictSame(starts, [1000, 1600, 1600])
  t.strictSame(ends, [1200, 1600, 2000])
})

t.test('words cut otherwise than the text are met in proportion', async t => {
  const { starts, ends } = times('in twenty one days', [
    ['in', 1200, 1300],
    ['21', 1300, 1700],
    ['days', 1700, 1800],
  ])
  t.strictSame([starts[0], ends[3]], [1200, 1800])
  t.strictSame(
    starts,
    starts.toSorted((a, b) => a - b),
    'in order',
  )
})

t.test('word times outside the turn or backwards are brought in', async t => {
  const { starts, ends } = times('a b c', [
    ['a', 500, 1500],
    ['b', 1400, 1300],
    ['c', 1900, 5000],
  ])
  t.strictSame(starts, [1000, 1500, 1900])
  t.strictSame(ends, [1500, 1500, 2000])
})

t.test('ignores words that are not in the text', async t => {
  const interpolated = { starts: [1000, 1500], ends: [1500, 2000] }
  t.strictSame(times('abcd efgh', [['abc', 1100, 1200]]), interpolated)
})

t.test('ignores words without letters', async t => {
  t.strictSame(times('ab', [['♪', 1100, 1200]]), {
    starts: [1000],
    ends: [2000],
  })
  t.strictSame(times('ab', []), { starts: [1000], ends: [2000] })
})
