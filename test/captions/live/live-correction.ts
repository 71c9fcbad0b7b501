import * as fc from 'fast-check'
import t from 'tap'
import {
  liveCorrection,
  digitsIn,
  isNumberWord,
} from '../../../lib/captions/live/live-correction.ts'
import { plainText } from '../../fixtures/captions.ts'

/** What is said again where one text was shown and the other is right. */
const corrected = (shown: string, final: string): string =>
  liveCorrection(shown, final).corrections.join(' | ')

t.test('numbers', async t => {
  const same = (shown: string, final: string): boolean =>
    t.equal(corrected(`it was ${shown} then`, `it was ${final} then`), '')
  same('twenty five', '25')
  same('twenty-five', 'twenty five')
  same('nineteen eighty four', '1984')
  same('two thousand and five', '2,005')
  same('fifteen hundred', '1500')
  same('one hundred and two million', '102,000,000')
  same('three point five', '3.5')
  same('fifth', '5th')
  same('one', 'a')
  const other = (shown: string, final: string, right = final): boolean =>
    t.equal(corrected(`it was ${shown} then`, `it was ${final} then`), right)
  other('50', '15')
  other('35', '3.5')
  other('five zero', 'fifteen')
  other('to', 'two')
  other('one hundred five', 'one hundred nine')
  other('one', 'two')
  other('a hundred and one', 'a hundred and two', 'hundred and two')
  other('some', '$5')
})

t.test('negations, and words turned around', async t => {
  t.equal(corrected('we will go now', 'we will not go now'), 'will not go')
  t.equal(corrected("we don't go", 'we do not go'), '')
  t.equal(corrected("we won't go", 'we want to go'), 'want to')
  t.equal(corrected('and no it rains', 'and know it rains'), 'know')
  t.equal(corrected('we will not go now', 'we will go now'), 'will go')
  t.equal(corrected('that is possible', 'that is impossible.'), 'impossible')
  t.equal(corrected('they are likely to', 'they are unlikely to'), 'unlikely')
  t.equal(corrected('the price increased', 'the price decreased'), 'decreased')
  t.equal(corrected('come on Monday', 'come on Tuesday'), 'Tuesday')
  t.equal(corrected('it is good', 'it is food'), '')
  t.equal(corrected('she sides with us', 'she insides with us'), '')
})

t.test('names', async t => {
  t.equal(corrected('I met an today', 'I met Ann today'), 'Ann')
  t.equal(corrected('I met Ann today', 'I met Anna today'), 'Anna')
  t.equal(corrected("I met ann's dog", "I met Ann's dog"), '')
  t.equal(corrected('It is here. Well', 'It is here. Now well'), '')
  t.equal(corrected('he works for NASA', 'he works for the NSA'), 'the NSA')
  t.equal(corrected('what I do', "what I'd do"), '')
})

t.test('leaves minor errors uncorrected', async t => {
  t.equal(corrected('a man of letters', 'the man of letters'), '')
  t.equal(corrected('And so my fellow', 'And so, my fellow.'), '')
  t.equal(corrected('what what you can do', 'what you can do'), '')
})

t.test('does not correct text that was not shown', async t => {
  const rest = (shown: string, final: string): string =>
    liveCorrection(shown, final).rest
  t.equal(rest('And so', 'And so.'), '.')
  t.equal(rest('And so', 'And so, my fellow'), ', my fellow')
  t.equal(rest('And so my', 'And so, my fellow.'), ' fellow.')
  t.equal(rest('my fellow frie', 'My fellow friends too.'), ' too.')
  t.equal(
    corrected('my fellow Amer', 'My fellow Americans too.'),
    'Americans too',
  )
  t.equal(rest('and so', 'And so.'), '.', 'punctuation at the end')
  t.equal(rest('and so,', 'And so.'), '', 'once')
  t.equal(rest('and so', 'And sow.'), '')
  t.equal(rest('and so', ''), '')
})

t.test('several, near each other and far', async t => {
  t.equal(
    corrected(
      'at five Ann met 20 of us but she will not come on Monday',
      'at nine Anna met 30 of us but she will come on Tuesday',
    ),
    'nine Anna | 30 | will come | Tuesday',
  )
  t.equal(corrected('go not then', 'not go not 5'), 'not go | 5')
})

t.test('handles a completely different text quickly', async t => {
  const words = (seed: number): string =>
    Array.from({ length: 50_000 }, (_, i) => `w${(i * seed) % 99_991}`).join(
      ' ',
    )
  const { rest, corrections } = liveCorrection(words(7), `${words(11)} end`)
  t.equal(rest, ' end')
  t.strictSame(corrections, [])
  t.strictSame(liveCorrection(words(7), 'no'), { rest: '', corrections: [] })
  const dots = '.'.repeat(500_000)
  t.strictSame(liveCorrection(`a ${dots}b`, `a b ${dots}`).corrections, [])
})

t.test('corrects only differences, with the text of the final', async () => {
  fc.assert(
    fc.property(plainText, plainText, fc.nat(300), (a, b, length) => {
      const shown = b.slice(0, length).trim()
      const same = liveCorrection(shown, b)
      if (shown + same.rest !== b || same.corrections.length > 0) return false
      const { rest, corrections } = liveCorrection(a, b)
      return b.endsWith(rest.trim()) && corrections.every(c => b.includes(c))
    }),
  )
})

t.test('numbers in words and in digits', async t => {
  const read = (text: string): string => digitsIn(text.split(' '))
  for (const [text, digits] of [
    ['fifteen', '15'],
    ['twenty five', '25'],
    ['two five', '25'],
    ['one hundred and five', '105'],
    ['a hundred', '100'],
    ['three hundred thousand two', '300002'],
    ['ten million two hundred thousand', '10200000'],
    ['nineteen eighty four', '1984'],
    ['twenty twenty', '2020'],
    ['zero point zero five', '0.05'],
    ['the twentieth of 3rd', '203'],
    ['and so on', ''],
    ['point', ''],
    ['', ''],
  ] as const)
    t.equal(read(text), digits, text)
})

t.test('words of numbers', async t => {
  t.ok(['15', '3rd', 'five', 'ninth', 'million'].every(isNumberWord))
  t.notOk(['for', 'won', '', 'w5'].some(isNumberWord))
})
