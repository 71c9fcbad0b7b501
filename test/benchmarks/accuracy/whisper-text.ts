import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import t from 'tap'
import {
  scoredWords,
  basicText,
  americanSpelling,
  englishText,
} from '../../../benchmarks/accuracy/whisper-text.ts'
import { ownClips } from '../../fixtures/speech-clips.ts'

const basicPairs: readonly (readonly [string, string])[] = [
  ['Grüße, Straße!', 'grüße straße '],
  ['¿Qué (risas) tal?', ' qué tal '],
  ['[musique] l’été <bruit>', ' l été '],
  ['ＡＢＣ ﬁn', 'abc fin'],
  ['50 % — zwölf', '50 zwölf'],
  ['', ''],
]

t.test('texts are as Whisper has them', async t => {
  for (const [said, written] of basicPairs)
    t.equal(basicText(said, false), written)
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

t.test('the language decides how words are separated', async t => {
  t.same(scoredWords("It's twenty-one.", 'en-GB'), ['it', 'is', '21'])
  t.same(scoredWords("C'est vingt.", 'fr'), ['c', 'est', 'vingt'])
  t.same(scoredWords('你好', 'zh-CN'), ['你', '好'])
  t.same(scoredWords('...', 'en'), [])
})

/** The first seven are from tests/test_normalizer.py of openai/whisper. */
const englishPairs: readonly (readonly [string, string])[] = [
  ["Let's", 'let us'],
  ["he's like", 'he is like'],
  ["she's been like", 'she has been like'],
  ['10km', '10 km'],
  ['10mm', '10 mm'],
  ['RC232', 'rc 232'],
  [
    'Mr. Park visited Assoc. Prof. Kim Jr.',
    'mister park visited associate professor kim junior',
  ],
  ['I, um, uh-huh', 'i huh'],
  ["we won't, y'all can't", 'we will not you all can not'],
  ["it 's hers", 'it is hers'],
  ['naïve Ærø [noise] (laughs) <sigh>', 'naive aero'],
  ['1,234.5 colours', '1234.5 colors'],
  ['50 % of $ 5. Yes.', '50 of 5 yes'],
  ['', ''],
]

t.test('texts are as Whisper has them', async t => {
  for (const [said, written] of englishPairs)
    t.equal(englishText(said).trim(), written, said)
})

t.test('spelling is American', async t => {
  t.equal(americanSpelling('mobilisation'), 'mobilization')
  t.equal(americanSpelling('cancelation'), 'cancellation')
  t.equal(americanSpelling('toString colour'), 'toString color')
  const path = '../../../assets/english-spellings.json'
  const json = readFileSync(new URL(path, import.meta.url), 'utf8')
  const words = Object.entries(JSON.parse(json) as Record<string, string>)
  t.equal(words.length, 1_739)
  for (const [, american] of words)
    if (americanSpelling(american) !== american) t.fail(american)
})

t.test('letters of other scripts are part of a word', async t => {
  // An ASCII `\b` would see the end of a word before them.
  t.equal(englishText('mré drž'), 'mre drz')
})

t.test('what is normalised stays as it is', async t => {
  for (const { text } of await ownClips()) {
    const once = englishText(text)
    t.equal(englishText(once), once)
  }
  // Not so of all numbers: "1 million 5" reads on, in Whisper's own as well.
  const words = fc.array(
    fc.constantFrom('the', 'tree', 'colour', "don't", 'Mr.', 'ninety', '$5.'),
  )
  fc.assert(
    fc.property(words, all => {
      const once = englishText(all.join(' '))
      return englishText(once) === once
    }),
  )
})

t.test('no text is too much', async t => {
  const text = fc.string({ unit: 'binary', maxLength: 60 })
  fc.assert(fc.property(text, text => typeof englishText(text) === 'string'))
  const long = 'nine '.repeat(20_000)
  t.equal(englishText(long), '9'.repeat(20_000))
})
