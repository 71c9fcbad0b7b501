import t from 'tap'
import { noCaseGoesWrong } from '../../fixtures/hostile-streams.ts'

for (let seed = 2; seed <= 12; seed++)
  t.test(`hostile streams, seed ${seed}`, t => noCaseGoesWrong(t, seed, 1_000))
