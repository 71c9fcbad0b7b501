import * as fc from 'fast-check'
import t from 'tap'
import { formatCaptions } from '../../lib/captions/format-captions.ts'
import { events, finals, hostileText } from '../fixtures/captions.ts'

t.test('one line a final, and gaps said out loud', async t => {
  t.equal(
    formatCaptions(events, { format: 'txt' }),
    `And so, my fellow Americans
[inaudible 00:00:03-00:00:05]
ask not what your country can do for you & <me>; 2 < 3 --> ask more of yourself.
Ask not.
`,
  )
})

t.test('no events, no text', async t =>
  t.equal(formatCaptions([], { format: 'txt' }), ''),
)

t.test('as many lines as finals with text, whatever they hold', t => {
  fc.assert(
    fc.property(finals(hostileText), turns => {
      const text = formatCaptions(turns, { format: 'txt' })
      const lines = text.split(/\r\n|[\r\n\u0085\u2028\u2029]/)
      return (
        lines.pop() === '' &&
        lines.every(line => line.trim() !== '') &&
        lines.length <= turns.length
      )
    }),
  )
  t.end()
})
