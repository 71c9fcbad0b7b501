import t from 'tap'
import { designFilter } from '../../lib/audio/resample-kernel.ts'

t.test('uses one row per phase while the table stays small', async t => {
  for (const [from, to] of [
    [48_000, 16_000],
    [44_100, 16_000],
    [8_000, 24_000],
    [11_025, 16_000],
  ] as const) {
    const { up, taps, rows, blended, table } = designFilter(from, to)
    t.equal(blended, false)
    t.equal(rows, up)
    t.equal(taps % 8, 0, 'the kernel takes eight taps at a time')
    t.equal(table.length, rows * taps)
  }
})

t.test('a bounded table for awkward ratios', async t => {
  for (const [from, to] of [
    [44_100, 15_999],
    [22_255, 16_000],
    [767_999, 1_000],
    [1_000, 767_999],
  ] as const) {
    const { taps, rows, blended, table } = designFilter(from, to)
    t.equal(blended, true)
    t.equal(table.length, (rows + 1) * taps)
    t.ok(table.byteLength <= 2 ** 20, `${table.byteLength} bytes`)
  }
})

t.test('each row sums to 1, so that a constant stays', async t => {
  const { taps, rows, table } = designFilter(22_050, 16_000)
  for (let row = 0; row < rows; row++) {
    const sum = table
      .subarray(row * taps, (row + 1) * taps)
      .reduce((a, b) => a + b, 0)
    if (Math.abs(sum - 1) > 1e-6) t.fail(`row ${row} sums to ${sum}`)
  }
})
