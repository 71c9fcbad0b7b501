import t from 'tap'
import { sweepServerTurns } from '../../fixtures/server-turns-sweep.ts'

// All of them: test/long/realtime/server-turns.ts.
t.test('whatever a server does wrong once or twice, no word is lost', t =>
  sweepServerTurns(t, 151),
)
