import t from 'tap'
import { isEnglish, languageOf } from '../../benchmarks/clip-language.ts'

t.test('the shortest code of a language', async t => {
  for (const [code, language] of [
    ['de', 'de'],
    ['pt-BR', 'pt'],
    ['zh_TW', 'zh'],
    ['deu', 'de'],
  ] as const)
    t.equal(languageOf(code), language)
  t.throws(() => languageOf('english!'), { code: 'VOX_OPTION' })
})

t.test('English has several names', async t => {
  for (const name of ['en', 'en-GB', 'EN_us', 'eng', 'English'])
    t.ok(isEnglish(name), name)
  for (const name of ['de', 'fr-CA', 'nonsense!', ''])
    t.notOk(isEnglish(name), name)
})
