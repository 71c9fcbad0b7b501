import t from 'tap'
import { quiet } from '../../../lib/transforms/decoders/quiet.ts'

t.test('nothing is printed meanwhile, all of it after', async t => {
  const said: unknown[] = []
  const { error } = console
  console.error = (...words: unknown[]) => said.push(words[0])
  t.teardown(() => (console.error = error))
  const result = quiet(() => {
    console.error('a')
    console.warn('b')
    return 7
  })
  t.throws(() =>
    quiet(() => {
      throw new Error('x')
    }),
  )
  console.error('c')
  t.equal(result, 7)
  t.same(said, ['c'])
})
