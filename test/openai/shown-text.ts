import fc from 'fast-check'
import t from 'tap'
import { ShownText } from '../../lib/openai/shown-text.ts'

t.test('deltas are shown as they come', async t => {
  const shown = new ShownText()
  t.equal(shown.add('Hello'), 'Hello')
  t.equal(shown.add(''), '')
  t.equal(shown.add(' there'), ' there')
  t.equal(shown.text, 'Hello there')
})

t.test('what is heard again is not shown again', async t => {
  const shown = new ShownText()
  shown.add('Hello there')
  shown.restart()
  t.equal(shown.add('Hel'), '')
  t.equal(shown.add('lo there,'), ',')
  t.equal(shown.add(' you'), ' you')
  t.equal(shown.text, 'Hello there, you')
})

t.test(
  'what is heard otherwise is not shown, and takes nothing back',
  async t => {
    const shown = new ShownText()
    shown.add('Hello there')
    shown.restart()
    t.equal(shown.add('Hallo there'), '')
    t.equal(shown.add(', you'), '')
    t.equal(shown.text, 'Hello there')
    shown.restart()
    t.equal(shown.add('Hello there!'), '!', 'until it agrees again')
  },
)

t.test('what came out is what was shown, whatever is heard', async () => {
  const delta = fc.constantFrom('a', 'b', 'aa', 'ab', '')
  const attempts = fc.array(fc.array(delta, { maxLength: 6 }), { maxLength: 4 })
  fc.assert(
    fc.property(attempts, attempts => {
      const shown = new ShownText()
      let out = ''
      for (const deltas of attempts) {
        for (const delta of deltas) out += shown.add(delta)
        if (shown.text !== out) return false
        shown.restart()
      }
      const [first] = attempts
      return out.startsWith((first ?? []).join(''))
    }),
  )
})
