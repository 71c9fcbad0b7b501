import * as fc from 'fast-check'
import t from 'tap'
import { formatCaptions } from '../../../lib/captions/caption-formatter.ts'
import type { TranscriptEvent } from '../../../lib/core/transcript-event.ts'
import { events, finals, hostileText } from '../../fixtures/captions.ts'

const json = (events: readonly TranscriptEvent[]): unknown =>
  JSON.parse(formatCaptions(events, { format: 'json' }))

const words = [
  { word: 'Ask', start: 9.2, end: 9.4, source: 'attention' },
  { word: 'not', start: 9.4, end: 9.6, probability: 0.9, source: 'attention' },
]
const text =
  'ask not what your country can do for you & <me>; 2 < 3 --> ask more of yourself.'

t.test(
  "OpenAI's verbose form in seconds, and what is known beyond",
  async t => {
    t.strictSame(json(events), {
      task: 'transcribe',
      language: 'en',
      duration: 10,
      text: `And so, my fellow Americans ${text} Ask not.`,
      gaps: [{ start: 3.2, end: 4.1, reason: 'the source stalled' }],
      warnings: [{ code: 'VOX_TRUNCATED', message: 'less came than declared' }],
      usage: {
        type: 'tokens',
        input_tokens: 1,
        output_tokens: 2,
        total_tokens: 3,
      },
      segments: [
        {
          id: 0,
          seek: 0,
          start: 0,
          end: 3.2,
          text: 'And so, my fellow Americans',
        },
        { id: 1, seek: 0, start: 4.1, end: 9, text },
        {
          id: 2,
          seek: 0,
          start: 9.1,
          end: 9.7,
          text: ' Ask not.',
          temperature: 0,
          avg_logprob: -0.25,
          speaker: 'JFK',
          words,
        },
        { id: 3, seek: 0, start: 9.7, end: 9.8, text: '  ' },
      ],
      words,
      complete: false,
    })
  },
)

t.test('no events, an empty transcript', async t => {
  t.strictSame(json([]), {
    task: 'transcribe',
    language: 'en',
    duration: 0,
    text: '',
    segments: [],
    complete: false,
  })
})

t.test('complete only if the end says so', async t => {
  const end = { type: 'end', duration: 1500, complete: true } as const
  t.match(json([{ ...end, usage: { type: 'duration', seconds: 2 } }]), {
    complete: true,
    duration: 1.5,
    usage: { type: 'duration', seconds: 2 },
  })
  const final = {
    type: 'final',
    turn: '',
    text: 'x',
    start: 0,
    end: 900,
  } as const
  t.match(json([final]), { complete: false, duration: 0.9 })
})

t.test('the language that a final names first', async t => {
  const final = {
    type: 'final',
    turn: '',
    text: 'x',
    start: 0,
    end: 9,
  } as const
  t.match(json([final, { ...final, language: 'de' }]), { language: 'de' })
})

t.test('one line without controls; parsed, the text is what it was', t => {
  fc.assert(
    fc.property(finals(hostileText), turns => {
      const line = formatCaptions(turns, { format: 'json' })
      if (/[\p{Cc}\u202a-\u202e\ufeff]/u.test(line.trimEnd()))
        t.fail('a control is left')
      const { segments } = JSON.parse(line) as { segments: { text: string }[] }
      for (const [i, turn] of turns.entries())
        if (segments[i]!.text !== turn.text) t.fail('the text changed')
    }),
  )
  t.end()
})
