import t from 'tap'
import { exitCodeFor } from '../../lib/cli/cli-error.ts'
import { TranscriptStatus } from '../../lib/cli/transcribe-job.ts'
import { EngineFailedError } from '../../lib/core/errors.ts'

t.test('an engine that fails after text is not one without text', async t => {
  const error = new EngineFailedError('the engine has failed')
  const status = new TranscriptStatus()
  t.equal(exitCodeFor(error, status.hasPart), 1)
  status.add({ type: 'speech-start', turn: '1', at: 0 })
  t.equal(exitCodeFor(error, status.hasPart), 1)
  status.add({ type: 'final', turn: '1', text: 'And so', start: 0, end: 1 })
  t.equal(exitCodeFor(error, status.hasPart), 3)
})

t.test('a transcript of silence is one', async t => {
  const status = new TranscriptStatus()
  status.add({ type: 'end', duration: 1000, complete: true })
  t.ok(status.hasPart)
})
