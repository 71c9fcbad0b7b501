import t from 'tap'
import { checkRealtime } from '../../fixtures/realtime-model.ts'

for (let seed = 1_000; seed < 1_020; seed += 4)
  void t.test(`seeds from ${seed}`, async t => {
    await Promise.all(
      [0, 1, 2, 3].map(plus =>
        t.resolves(
          checkRealtime({ seed: seed + plus, numRuns: 100 }),
          `seed ${seed + plus}`,
        ),
      ),
    )
  })
