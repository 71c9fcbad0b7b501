import t from 'tap'
import { shiftCues, shiftEvents } from '../../lib/cli/captions.ts'
import type { TranscriptEvent } from '../../lib/core/transcript-event.ts'

const cues = [
  { start: 0, end: 1000, lines: ['a'] },
  { start: 1000, end: 2000, lines: ['b'], channel: 1 },
]

t.test('cues come later or earlier', async t => {
  t.match(shiftCues(cues, 500), {
    inputs: [
      { start: 500, end: 1500 },
      { start: 1500, end: 2500, channel: 1 },
    ],
    cut: 0,
    dropped: 0,
  })
  t.strictSame(shiftCues(cues, -1000), {
    inputs: [{ ...cues[1], start: 0, end: 1000 }],
    cut: 0,
    dropped: 1,
  })
  t.match(shiftCues(cues, -1500), { inputs: [{ start: 0, end: 500 }], cut: 1 })
})

t.test('events of a transcript do', async t => {
  const events: TranscriptEvent[] = [
    { type: 'start', schema: 1, engine: 'local', model: 'tiny' },
    { type: 'speech-start', turn: '1', at: 100 },
    { type: 'delta', turn: '1', text: 'a' },
    { type: 'final', turn: '1', text: 'a', start: 100, end: 900 },
    { type: 'gap', start: 900, end: 1500, reason: 'x' },
    {
      type: 'final',
      turn: '2',
      text: 'b c',
      start: 1500,
      end: 2500,
      words: [
        { text: 'b', start: 1500, end: 1600, source: 'model' },
        { text: 'c', start: 2000, end: 2400, source: 'model' },
      ],
    },
    { type: 'end', duration: 3000, complete: true },
  ]
  const { inputs, cut, dropped } = shiftEvents(events, -1000)
  t.strictSame([cut, dropped], [1, 1])
  t.match(inputs, [
    { type: 'start' },
    { type: 'speech-start', at: 0 },
    { type: 'delta', text: 'a' },
    { type: 'gap', start: 0, end: 500 },
    {
      type: 'final',
      start: 500,
      end: 1500,
      words: [
        { start: 500, end: 600 },
        { start: 1000, end: 1400 },
      ],
    },
    { type: 'end', duration: 2000 },
  ])
})
