// In a process of its own: it measures memory, and counts sockets.
import t from 'tap'
import { soak, soakVariants } from '../../fixtures/realtime-soak.ts'

// Two hours: test/long/realtime/soak.ts.
const { 'gpt-live-transcribe': options } = soakVariants
void t.test('three minutes', t =>
  soak(t, { ...options, minutes: 3, warmUp: 1 }),
)
