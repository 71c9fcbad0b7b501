import t from 'tap'
import { captionFormats } from '../../lib/captions/formats/caption-formats.ts'
import { formatCaptions } from '../../lib/captions/caption-formatter.ts'
import { events } from '../fixtures/captions.ts'

t.test('srt is the default', async t => {
  t.equal(formatCaptions(events), formatCaptions(events, { format: 'srt' }))
})

t.test('lines of the width and number asked for', async t => {
  const text = 'one two three four five six seven eight nine ten'
  const final = { type: 'final', turn: '', text, start: 0, end: 6000 } as const
  const lines = formatCaptions([final], { maxLineWidth: 10, maxLineCount: 3 })
  t.equal(
    lines,
    `1
00:00:00,000 --> 00:00:02,923
one two
three
four five

2
00:00:02,923 --> 00:00:06,000
six seven
eight
nine ten

`,
  )
})

t.test('options that cannot be used are refused', async t => {
  const refused = (options: object, option: string): void =>
    void t.throws(() => formatCaptions([], options), {
      code: 'VOX_OPTION',
      option,
    })
  refused({ format: 'doc' }, 'format')
  refused({ format: 'toString' }, 'format')
  refused({ maxLineWidth: 0 }, 'maxLineWidth')
  refused({ maxLineWidth: 1.5 }, 'maxLineWidth')
  refused({ maxLineCount: 0 }, 'maxLineCount')
})

t.test('refuses a value that is not an event in every format', async t => {
  for (const format of captionFormats)
    t.throws(() => formatCaptions([{ type: 'end' } as never], { format }), {
      code: 'VOX_FORMAT',
    })
})
