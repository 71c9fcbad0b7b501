import t from 'tap'
import {
  digitsIn,
  isNumberWord,
} from '../../../lib/captions/live/number-words.ts'

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
