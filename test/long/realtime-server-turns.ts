import t from 'tap'
import { cases, sweepServerTurns } from '../fixtures/server-turns-sweep.ts'

sweepServerTurns(t, cases)
