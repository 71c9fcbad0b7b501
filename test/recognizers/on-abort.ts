import t from 'tap'
import { onAbort } from '../../lib/recognizers/recognizer.ts'

t.test('calls all registered listeners without a warning', async t => {
  const warned = (warning: Error): void => void t.fail(warning.message)
  process.on('warning', warned)
  const abort = new AbortController()
  const told: number[] = []
  const back = Array.from({ length: 20 }, (_, i) =>
    onAbort(abort.signal, () => told.push(i)),
  )
  for (const [i, forget] of back.entries()) if (i > 1) forget()
  t.same(told, [])
  abort.abort()
  t.same(told, [0, 1])
  await new Promise(setImmediate)
  process.off('warning', warned)
})
