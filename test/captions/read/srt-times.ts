import t from 'tap'
import { srtTimes } from '../../../lib/captions/read/read-srt.ts'

const reads = (line: string, start?: number, end?: number): void =>
  void t.strictSame(srtTimes(line), { start, end }, line)

t.test('times as files have them', async () => {
  reads('00:00:01,000 --> 00:00:02,500', 1000, 2500)
  reads('00:00:01.000 --> 00:00:02.500', 1000, 2500)
  reads('00:00:01:000 --> 00:00:02;500', 1000, 2500)
  reads('0:0:1,0-->0:0:2,5', 1000, 2500)
  reads('00:01,000 --> 01:02,500', 1000, 62_500)
  reads('00:01 --> 00:02', 1000, 2000)
  reads('  00: 00: 01, 000  --->  00 :00:02,500  ', 1000, 2500)
  reads('00:00:01,000 --> 00:00:02,500 X1:40 X2:600 Y1:1 Y2:2', 1000, 2500)
  reads('00:00:01,000 --> 00:00:02,500\tposition:50%', 1000, 2500)
  reads('\u200e00:00:01,000 --> 00:00:02,500', 1000, 2500)
  reads('123:00:00,001 --> 1234:00:00,000', 442_800_001, 4_442_400_000)
  reads('00:00:01,12345 --> 00:00:02,1', 1123, 2100)
  reads('-00:00:01,500 --> 00:00:02,500', -1500, 2500)
})

t.test('reports times that are partly unreadable', async () => {
  reads('00:00:01,000 --> 00:00:', 1000)
  reads('00:00:01,000 -->', 1000)
  reads('00:xx:01,000 --> 00:00:02,000')
})

t.test('does not take text for times', async t => {
  for (const line of [
    '00:00:01,000 -> 00:00:02,500',
    '00:00:01,000',
    'a --> b',
    '1 --> 2',
    '',
  ])
    t.equal(srtTimes(line), undefined, line)
})
