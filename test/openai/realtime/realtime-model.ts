import t from 'tap'
import { checkRealtime } from '../../fixtures/realtime-model.ts'

// A thousand and more: test/long/realtime/model.ts.
await Promise.all(
  [1, 2, 3, 4, 5].map(seed =>
    t.resolves(checkRealtime({ seed, numRuns: 12 }), `seed ${seed}`),
  ),
)
