import t from 'tap'
import { exitCodeFor } from '../../lib/cli/cli-error.ts'
import { TranscriptStatus } from '../../lib/cli/transcribe-job.ts'
import { EngineFailedError } from '../../lib/core/errors.ts'

t.test('a failure after text has a different exit code', async t => {
  const error = new EngineFailedError('the engine has failed')
  const status = new TranscriptStatus()
  t.equal(exitCodeFor(error, status.hasPart), 1)
  status.add({ type: 'speech-start', turn: '1', at: 0 })
  t.equal(exitCodeFor(error, status.hasPart), 1)
  status.add({ type: 'final', turn: '1', text: 'And so', start: 0, end: 1 })
  t.equal(exitCodeFor(error, status.hasPart), 3)
})

t.test('accepts a transcript of silence', async t => {
  const status = new TranscriptStatus()
  status.add({ type: 'end', duration: 1000, complete: true })
  t.ok(status.hasPart)
})
