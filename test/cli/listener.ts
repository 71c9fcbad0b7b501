import t from 'tap'
import { exitCodeFor } from '../../lib/cli/exit-code.ts'
import { Listener } from '../../lib/cli/listener.ts'
import { EngineFailedError } from '../../lib/core/errors.ts'

t.test('an engine that fails after text is not one without text', async t => {
  const error = new EngineFailedError('the engine has failed')
  const listener = new Listener()
  t.equal(exitCodeFor(error, listener.some), 1)
  listener.hear({ type: 'speech-start', turn: '1', at: 0 })
  t.equal(exitCodeFor(error, listener.some), 1)
  listener.hear({ type: 'final', turn: '1', text: 'And so', start: 0, end: 1 })
  t.equal(exitCodeFor(error, listener.some), 3)
})

t.test('a transcript of silence is one', async t => {
  const listener = new Listener()
  listener.hear({ type: 'end', duration: 1000, complete: true })
  t.ok(listener.some)
})
