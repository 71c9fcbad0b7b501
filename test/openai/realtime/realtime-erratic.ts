import t from 'tap'
import { erraticVariants, runErratic } from '../../fixtures/erratic-run.ts'
import { random } from '../../fixtures/misdeeds.ts'

/** Where a seed fails, `random(seed, MOST)` does the same again. */
const SEEDS = 25
const MOST = 1_000

for (const [variant, options] of Object.entries(erraticVariants))
  t.test(`${variant}: each turn ends once, whatever goes wrong`, async t => {
    for (let seed = 0; seed < SEEDS; seed += 5)
      await Promise.all(
        [0, 1, 2, 3, 4].map(async plus => {
          const mischief = random(seed + plus, MOST)
          const { problems, done } = await runErratic(options, mischief)
          // A service that never made a session is no one to wait for.
          const wrong = problems.filter(one => one !== 'VOX_SERVICE_FAILED')
          if (wrong.length > 0)
            t.fail(`seed ${seed + plus}`, { problems, done })
        }),
      )
    t.pass()
  })
