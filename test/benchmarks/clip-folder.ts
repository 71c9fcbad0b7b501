import { join } from 'node:path'
import t from 'tap'
import {
  isEnglish,
  languageOf,
  readClipFolder,
} from '../../benchmarks/clip-folder.ts'

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

t.test('clips of a manifest', async t => {
  const words = [{ word: 'hallo', start: 0.5, end: 1 }]
  const manifest = [
    { id: 'one', file: 'sub/a.wav', text: 'hello', other: 1 },
    { file: '/clips/b.flac', text: 'hallo', language: 'de', words },
  ]
  const folder = t.testdir({ 'manifest.json': JSON.stringify(manifest) })
  t.same(await readClipFolder(folder), [
    { id: 'one', path: join(folder, 'sub/a.wav'), text: 'hello' },
    { id: 'b', path: '/clips/b.flac', text: 'hallo', language: 'de', words },
  ])
})

t.test('lists audio files by name, with the texts beside them', async t => {
  const folder = t.testdir({
    'b.mp3': '',
    'b.txt': ' what b says \n',
    'a.wav': '',
    'a.txt': 'what a says',
    'alone.wav': '',
    'alone-too.txt': '',
  })
  t.same(await readClipFolder(folder), [
    { id: 'a', path: join(folder, 'a.wav'), text: 'what a says' },
    { id: 'alone', path: join(folder, 'alone.wav') },
    { id: 'b', path: join(folder, 'b.mp3'), text: 'what b says' },
  ])
})

t.test('says what is wrong with an invalid folder', async t => {
  const folder = t.testdir({
    empty: {},
    lone: { 'notes.pdf': '', 'b.txt': '' },
    broken: { 'manifest.json': '[{' },
    list: { 'manifest.json': '[]' },
    nameless: { 'manifest.json': '[{ "text": "a" }]' },
    file: '',
  })
  const wrong: [string, RegExp][] = [
    ['none', /there is no such folder; check the name$/],
    ['file', /it is a file; give the folder of the clips$/],
    ['empty', /contains no audio files; give a folder of recordings/],
    ['lone', /contains no audio files/],
    ['broken', /manifest.json' is not JSON; it should be like \[\{ "file"/],
    ['list', /is no list of clips, at its top: /],
    ['nameless', /is no list of clips, at 0\.file: .*should be like/],
  ]
  for (const [name, message] of wrong)
    await t.rejects(readClipFolder(join(folder, name)), {
      code: 'VOX_INPUT',
      message,
    })
})
