import t from 'tap'
import { clock, megabytes, progressText } from '../../lib/cli/reporter.ts'

t.test('audio done, speed, time left', async t => {
  t.equal(
    progressText({ audioMs: 60_000, durationMs: 3_660_000 }, 2000),
    '1:00 of 1:01:00, 30x, 2:00 left',
  )
  t.equal(progressText({ audioMs: 9_000 }, 4000), '0:09, 2.3x')
  t.equal(
    progressText({ audioMs: 0, durationMs: 1000 }, 0),
    '0:00 of 0:01, 0.0x',
  )
})

t.test('times and sizes', async t => {
  t.equal(clock(0), '0:00')
  t.equal(clock(59_600), '1:00')
  t.equal(clock(36_061_000), '10:01:01')
  t.equal(clock(-5), '0:00')
  t.equal(megabytes(5_471_324), '5.5 MB')
  t.equal(megabytes(21_514_347), '22 MB')
})
