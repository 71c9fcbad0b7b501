import fc from 'fast-check'
import t from 'tap'
import { addUsage, ShownText } from '../../lib/openai/accumulate.ts'

t.test('adds up usage by kind', async t => {
  const seconds = { type: 'duration', seconds: 1.5 } as const
  const tokens = { type: 'tokens', input: 10, output: 5, total: 15 } as const
  t.same(addUsage(undefined, seconds), seconds)
  t.same(addUsage(seconds, seconds), { type: 'duration', seconds: 3 })
  t.same(addUsage(tokens, { ...tokens, output: 7, total: 17 }), {
    type: 'tokens',
    input: 20,
    output: 12,
    total: 32,
  })
  t.same(addUsage(tokens, seconds), tokens)
  t.same(addUsage(seconds, tokens), seconds)
  t.same(addUsage(seconds, undefined), seconds)
})

t.test('shows deltas as they arrive', async t => {
  const shown = new ShownText()
  t.equal(shown.add('Hello'), 'Hello')
  t.equal(shown.add(''), '')
  t.equal(shown.add(' there'), ' there')
  t.equal(shown.text, 'Hello there')
})

t.test('does not show repeated text again', async t => {
  const shown = new ShownText()
  shown.add('Hello there')
  shown.restart()
  t.equal(shown.add('Hel'), '')
  t.equal(shown.add('lo there,'), ',')
  t.equal(shown.add(' you'), ' you')
  t.equal(shown.text, 'Hello there, you')
})

t.test('does not show or retract differing text', async t => {
  const shown = new ShownText()
  shown.add('Hello there')
  shown.restart()
  t.equal(shown.add('Hallo there'), '')
  t.equal(shown.add(', you'), '')
  t.equal(shown.text, 'Hello there')
  shown.restart()
  t.equal(shown.add('Hello there!'), '!', 'until it agrees again')
})

t.test('the shown text stays the same, whatever arrives later', async () => {
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
