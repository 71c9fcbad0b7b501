import t from 'tap'
import { runNumbered } from '../../fixtures/realtime-run.ts'
import { stallAll, stallVariants } from '../../fixtures/realtime-stall.ts'

// What is loaded once is no memory of a run.
t.before(async () => {
  await runNumbered({ frames: 10 })
})

stallAll(t, { file: 10, live: 60 }, stallVariants)
