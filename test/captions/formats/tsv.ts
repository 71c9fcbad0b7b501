import * as fc from 'fast-check'
import t from 'tap'
import { formatCaptions } from '../../../lib/captions/caption-formatter.ts'
import { events, finals, hostileText } from '../../fixtures/captions.ts'

t.test("Whisper's columns in whole milliseconds", async t => {
  t.equal(
    formatCaptions(events, { format: 'tsv' }),
    'start\tend\ttext\n' +
      '0\t3200\tAnd so, my fellow Americans\n' +
      '3200\t4100\t[inaudible]\n' +
      '4100\t9000\task not what your country can do for you & <me>; 2 < 3 --> ask more of yourself.\n' +
      '9100\t9700\tAsk not.\n',
  )
})

t.test('no events, a header', async t =>
  t.equal(formatCaptions([], { format: 'tsv' }), 'start\tend\ttext\n'),
)

t.test('three columns in every row, whatever the text', t => {
  fc.assert(
    fc.property(finals(hostileText), turns => {
      const rows = formatCaptions(turns, { format: 'tsv' }).split(/[\r\n]/)
      return (
        rows.pop() === '' && rows.every(row => row.split('\t').length === 3)
      )
    }),
  )
  t.end()
})
