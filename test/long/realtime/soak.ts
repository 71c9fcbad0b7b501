import t from 'tap'
import { soak, soakVariants } from '../../fixtures/realtime-soak.ts'

for (const [name, options] of Object.entries(soakVariants))
  void t.test(name, t => soak(t, { ...options, minutes: 120, warmUp: 10 }))
