import t from 'tap'
import { isEnglish } from '../../lib/recognizers/language.ts'

t.test('English by any name', async t => {
  const names = ['en', 'eng', 'english', 'en-GB', 'en_US', 'en-', 'en-Latn-IN']
  for (const name of names) {
    t.ok(isEnglish(name), name)
    t.ok(isEnglish(name.toUpperCase()), name.toUpperCase())
  }
})

t.test('what only begins or ends so is another language', async t => {
  for (const name of ['', 'de', 'e', 'enm', 'engl', 'englishes', 'ben'].concat([
    'Old English',
    ' en',
    'en ',
    'en\n',
  ]))
    t.notOk(isEnglish(name), JSON.stringify(name))
})
