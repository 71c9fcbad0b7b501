import t from 'tap'
import { sweepFaults } from '../../fixtures/realtime-sweep.ts'

// Every frame: test/long/realtime/faults.ts.
sweepFaults(t, 60)
