import t from 'tap'
import { keyChecker } from '../../lib/server/guard.ts'

t.test('a key is one of those, or none', async t => {
  const isKey = keyChecker(['one', 'two'])
  t.ok(isKey('one'))
  t.ok(isKey('two'))
  for (const key of ['', 'on', 'one ', 'ONE', 'three']) t.notOk(isKey(key), key)
  t.notOk(keyChecker([])(''))
})
