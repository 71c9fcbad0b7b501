import * as fc from 'fast-check'
import t from 'tap'
import { formatCaptions } from '../../../lib/captions/caption-formatter.ts'
import { events, finals, hostileText } from '../../fixtures/captions.ts'

const parse = (lines: string): unknown[] =>
  lines
    .split('\n')
    .slice(0, -1)
    .map(line => JSON.parse(line) as unknown)

t.test('the events as they are, one a line', async t => {
  const lines = formatCaptions(events, { format: 'jsonl' })
  t.strictSame(parse(lines), events)
  t.equal(
    lines.split('\n')[0],
    '{"type":"start","schema":1,"engine":"local","model":"tiny"}',
  )
})

t.test('no events, no text', async t =>
  t.equal(formatCaptions([], { format: 'jsonl' }), ''),
)

t.test('one line an event, whatever its text', t => {
  fc.assert(
    fc.property(finals(hostileText), turns => {
      const lines = formatCaptions(turns, { format: 'jsonl' })
      if (lines.split(/[\r\n\u0085\u2028\u2029]/).length !== turns.length + 1)
        t.fail('a line too many')
      for (const [i, event] of parse(lines).entries())
        if ((event as { text: string }).text !== turns[i]!.text)
          t.fail('the text changed')
    }),
  )
  t.end()
})
