import t from 'tap'
import { finalOf, gapOf } from '../../../lib/openai/realtime/event-writer.ts'
import { Turn } from '../../../lib/openai/realtime/turn-queue.ts'

const kind = 'conversation.item.input_audio_transcription.completed' as const
const completed = { type: kind, item_id: 'item_1', transcript: 'Hello' }

/** A turn of which all is known; its samples are at 24 kHz. */
const turn = (): Turn => {
  const turn = new Turn('turn-1', 24_000, 31_200)
  turn.end = 55_200
  turn.to = 60_000
  return turn
}

t.test('a transcript and nothing else', async t => {
  t.same(finalOf(turn(), { ...completed, transcript: ' Hello.\n' }), {
    type: 'final',
    turn: 'turn-1',
    text: 'Hello.',
    start: 1_300,
    end: 2_300,
  })
  const nothing = { languages: [], logprobs: null, usage: null }
  t.same(
    finalOf(turn(), { ...completed, ...nothing }),
    finalOf(turn(), completed),
  )
})

t.test('all that a transcript can have', async t => {
  const event = {
    ...completed,
    languages: [{ code: 'en' }, { code: 'es' }],
    logprobs: [
      { token: 'Hel', logprob: -0.5, bytes: [72, 101, 108], rank: 1 },
      { token: 'lo', logprob: -1, bytes: null },
    ],
    usage: {
      type: 'tokens' as const,
      input_tokens: 13,
      output_tokens: 9,
      total_tokens: 22,
      input_token_details: { audio_tokens: 13 },
    },
  }
  t.match(finalOf(turn(), event), {
    language: 'en',
    logprobs: [
      { token: 'Hel', logprob: -0.5, bytes: [72, 101, 108] },
      { token: 'lo', logprob: -1, bytes: [] },
    ],
    usage: { type: 'tokens', input: 13, output: 9, total: 22 },
  })
  const usage = { type: 'duration' as const, seconds: 2.4, rounded: 3 }
  t.same(finalOf(turn(), { ...completed, usage }).usage, {
    type: 'duration',
    seconds: 2.4,
  })
})

t.test('the end of a turn that is not known to the last', async t => {
  const open = new Turn('turn-1', 0, 2_400)
  open.sent = 12_000
  t.match(finalOf(open, completed), { start: 100, end: 500 })
  t.same(gapOf(open, 'it is gone'), {
    type: 'gap',
    start: 100,
    end: 500,
    reason: 'it is gone',
  })
  open.to = 24_000
  t.match(gapOf(open, ''), { end: 1_000 }, 'where its audio ends')
  open.end = 19_200
  t.match(gapOf(open, ''), { end: 800 }, 'where its speech ends')
})
