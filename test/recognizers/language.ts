import t from 'tap'
import { isLanguage } from '../../lib/recognizers/recognizer.ts'

t.test('English by any name', async t => {
  const names = ['en', 'eng', 'english', 'en-GB', 'en_US', 'en-', 'en-Latn-IN']
  for (const name of names) {
    t.ok(isLanguage(name, 'en'), name)
    t.ok(isLanguage(name.toUpperCase(), 'en'), name.toUpperCase())
  }
})

t.test('does not match codes that only begin or end alike', async t => {
  for (const name of ['', 'de', 'e', 'enm', 'engl', 'englishes', 'ben'].concat([
    'Old English',
    ' en',
    'en ',
    'en\n',
  ]))
    t.notOk(isLanguage(name, 'en'), JSON.stringify(name))
})
