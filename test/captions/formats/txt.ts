import * as fc from 'fast-check'
import t from 'tap'
import { formatCaptions } from '../../../lib/captions/caption-formatter.ts'
import { cleanText } from '../../../lib/captions/cues/caption-text.ts'
import type { FinalEvent } from '../../../lib/core/transcript-event.ts'
import { events, finals, hostileText } from '../../fixtures/captions.ts'

const said = (
  text: string,
  start: number,
  end: number,
  speaker?: string,
): FinalEvent => ({
  type: 'final',
  turn: '',
  text,
  start,
  end,
  ...(speaker !== undefined && { speaker }),
})

t.test('one line a final, and gaps said out loud', async t => {
  t.equal(
    formatCaptions(events, { format: 'txt' }),
    `And so, my fellow Americans
[inaudible 00:00:03-00:00:05]
ask not what your country can do for you & <me>; 2 < 3 --> ask more of yourself.

JFK: Ask not.
`,
  )
})

t.test('paragraphs by speakers and silence', async t => {
  const text = formatCaptions(
    [
      { type: 'gap', start: 0, end: 900, reason: 'late' },
      said('One.', 1000, 2000, 'Ann'),
      said('Two.', 3999, 5000, 'Ann'),
      said('Three.', 7000, 8000, 'Ann'),
      said(' ', 8000, 8000, 'Bob'),
      said('Four.', 8000, 9000, 'Bob\n\nCarl'),
      said('Five.', 9000, 10_000),
      { type: 'gap', start: 10_000, end: 15_000, reason: 'late' },
      said('Six.', 15_000, 16_000),
    ],
    { format: 'txt' },
  )
  t.equal(
    text,
    `[inaudible 00:00:00-00:00:01]

Ann: One.
Two.

Three.

Bob Carl: Four.

Five.
[inaudible 00:00:10-00:00:15]

Six.
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
      const said = turns.map(turn => cleanText(turn.text))
      t.equal(lines.pop(), '')
      t.notMatch(text, /^\n|\n\n\n|\n\n$/)
      t.strictSame(
        lines.filter(line => line !== ''),
        said.filter(line => line !== ''),
      )
    }),
  )
  t.end()
})
