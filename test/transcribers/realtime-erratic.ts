import t from 'tap'
import { erraticVariants, runErratic } from '../fixtures/erratic-run.ts'

/** Where a seed fails, `runErratic(options, seed)` does the same again. */
const SEEDS = 25

for (const [variant, options] of Object.entries(erraticVariants))
  t.test(`${variant}: each turn ends once, whatever goes wrong`, async t => {
    for (let seed = 0; seed < SEEDS; seed += 5)
      await Promise.all(
        [0, 1, 2, 3, 4].map(async plus => {
          const { problems, done } = await runErratic(options, seed + plus)
          if (problems.length > 0)
            t.fail(`seed ${seed + plus}`, { problems, done })
        }),
      )
    t.pass()
  })
