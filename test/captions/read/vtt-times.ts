import t from 'tap'
import { vttTimes } from '../../../lib/captions/read/read-vtt.ts'

t.test('times as the standard has them', async t => {
  const reads = (line: string, start: number, end: number): void =>
    void t.strictSame(vttTimes(line), { start, end }, line)
  reads('00:01.000 --> 00:02.500', 1000, 2500)
  reads('00:00:01.000 --> 00:00:02.500', 1000, 2500)
  reads('1:00:01.000 --> 1234:59:59.999', 3_601_000, 4_445_999_999)
  reads('\t00:01.000-->00:02.500line:0 align:start', 1000, 2500)
  reads('00:05.000 --> 00:02.500', 5000, 2500)
})

t.test('refuses other forms of times', async t => {
  for (const line of [
    '00:01,000 --> 00:02,500',
    '00:01.00 --> 00:02.500',
    '00:01.0000 --> 00:02.500',
    '0:01.000 --> 00:02.500',
    '60:01.000 --> 60:02.500',
    '00:61.000 --> 01:02.500',
    '1:2:03.000 --> 1:2:04.000',
    '-00:01.000 --> 00:02.500',
    '00:01.000 -> 00:02.500',
    '00:01.000 -- > 00:02.500',
    '00:01.000 -->',
    'x00:01.000 --> 00:02.500',
    `${'9'.repeat(20)}:00:00.000 --> ${'9'.repeat(20)}:00:01.000`,
  ])
    t.equal(vttTimes(line), undefined, line)
})
