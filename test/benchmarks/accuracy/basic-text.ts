import fc from 'fast-check'
import t from 'tap'
import { basicText } from '../../../benchmarks/accuracy/whisper-text.ts'
import { scoredWords } from '../../../benchmarks/accuracy/text-errors.ts'

const pairs: readonly (readonly [string, string])[] = [
  ['Grüße, Straße!', 'grüße straße '],
  ['¿Qué (risas) tal?', ' qué tal '],
  ['[musique] l’été <bruit>', ' l été '],
  ['ＡＢＣ ﬁn', 'abc fin'],
  ['50 % — zwölf', '50 zwölf'],
  ['', ''],
]

t.test('texts are as Whisper has them', async t => {
  for (const [said, written] of pairs) t.equal(basicText(said, false), written)
})

t.test('letters may be words', async t => {
  t.equal(basicText('你好，世界', true), '你 好 世 界')
})

t.test(
  'what is normalised stays as it is, and no text is too much',
  async () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 100 })
    fc.assert(
      fc.property(text, fc.boolean(), (text, letters) => {
        const once = basicText(text, letters).trim()
        return basicText(once, letters).trim() === once
      }),
    )
  },
)

t.test('the language tells how words are made', async t => {
  t.same(scoredWords("It's twenty-one.", 'en-GB'), ['it', 'is', '21'])
  t.same(scoredWords("C'est vingt.", 'fr'), ['c', 'est', 'vingt'])
  t.same(scoredWords('你好', 'zh-CN'), ['你', '好'])
  t.same(scoredWords('...', 'en'), [])
})
