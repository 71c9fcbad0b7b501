import t from 'tap'
import { sweepFaults } from '../../fixtures/realtime-sweep.ts'

sweepFaults(t, 1)
