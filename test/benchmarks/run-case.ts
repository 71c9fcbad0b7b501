import t from 'tap'
import { runCase } from '../../benchmarks/run-case.ts'

t.test('a case that there is not is told', async t => {
  const { signal } = new AbortController()
  const asked = runCase('nonsense', {}, { onLine: () => {}, signal })
  await t.rejects(asked, { message: "there is no case 'nonsense'" })
})
