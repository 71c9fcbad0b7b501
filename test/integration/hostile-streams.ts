import t from 'tap'
import { noCaseGoesWrong } from '../fixtures/hostile-streams.ts'

t.test('no public stage ends in an uncaught error or an endless wait', t =>
  noCaseGoesWrong(t, 1, 200),
)
