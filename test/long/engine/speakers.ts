import t from 'tap'
import { alignWords, wordsOf } from '../../../benchmarks/word-errors.ts'
import {
  transcribe,
  type TranscribeOptions,
  type TranscriptEvent,
} from '../../../lib/index.ts'
import { formatCaptions, readRttm } from '../../../lib/captions/index.ts'
import { openaiClient } from '../../../lib/openai/index.ts'
import { MoonshineRecognizer } from '../../../lib/recognizers/index.ts'
import { SpeechServer } from '../../../lib/testing/index.ts'
import { wav } from '../../fixtures/audio.ts'
import { conversation } from '../../fixtures/conversation.ts'
import { testModels } from '../../fixtures/models.ts'
import { numberedWav } from '../../fixtures/numbered.ts'

const modelDir = await testModels()
const recognizer = new MoonshineRecognizer({ modelDir })
t.teardown(() => recognizer.close())

const heard = async (
  bytes: Uint8Array,
  options: TranscribeOptions,
): Promise<TranscriptEvent[]> => {
  const events: TranscriptEvent[] = []
  for await (const event of transcribe(bytes, options)) events.push(event)
  return events
}

/** Words that are heard right, and those of them with another's name. */
const judge = async (pauseMs: number, off: (edge: number) => number) => {
  const { samples, rttm, words } = await conversation(pauseMs)
  const speakers = readRttm(rttm).map(({ speaker, start, end }, i) => ({
    speaker,
    start: Math.max(0, start + off(2 * i)),
    end: end + off(2 * i + 1),
  }))
  const events = await heard(wav([samples]), { recognizer, speakers })
  const finals = events.filter(event => event.type === 'final')
  const found = finals.flatMap(final =>
    (final.words ?? []).flatMap(({ text, speaker }) =>
      wordsOf(text).map(word => ({ word, speaker })),
    ),
  )
  const { heardAt } = alignWords(
    words.map(({ word }) => word),
    found.map(({ word }) => word),
  )
  const placed = words.filter((_, i) => heardAt[i]! >= 0).length
  const wrong = words.filter(
    ({ speaker }, i) =>
      heardAt[i]! >= 0 && found[heardAt[i]!]!.speaker !== speaker,
  ).length
  return { finals, placed, wrong, words: words.length }
}

t.test('two voices, turn by turn', async t => {
  for (const [pauseMs, offMs] of [
    [0, 0],
    [100, 0],
    [600, 0],
    [100, 250], // what judges of diarisation let pass
  ] as const) {
    const off = (edge: number): number => ((edge % 3) - 1) * offMs
    const { finals, placed, wrong, words } = await judge(pauseMs, off)
    t.comment(
      `pauses of ${pauseMs} ms, turns ${offMs} ms off: ` +
        `${wrong} of ${placed} words have the wrong speaker`,
    )
    t.ok(placed > 0.9 * words, `${placed} of ${words} are heard`)
    t.ok(wrong <= (offMs > 0 ? 0.1 : 0.03) * placed, `${wrong} are wrong`)
    if (pauseMs < 600)
      t.ok(finals.filter(({ turn }) => turn.includes('.')).length > 3)
  }
})

t.test('speakers that OpenAI tells apart are in captions', async t => {
  const server = await SpeechServer.listen()
  t.after(() => server.close())
  const { baseURL } = server
  const client = await openaiClient({ apiKey: 'sk-test', baseURL })
  const bytes = numberedWav({ frames: 7, turnFrames: 4 })
  const model = 'gpt-4o-transcribe-diarize'
  const events = await heard(bytes, { engine: 'openai', client, model })
  const finals = events.filter(event => event.type === 'final')
  t.match(finals, [
    { speaker: 'A', text: 'w0 w1 w2 w3' },
    { speaker: 'B', text: 'w4 w5 w6' },
  ])
  const as = (format: 'srt' | 'vtt' | 'md'): string =>
    formatCaptions(events, { format })
  t.match(as('srt'), /\nA: w0 w1 w2 w3\n[^]*\nB: w4 w5 w6\n/)
  t.match(as('vtt'), /\n<v A>.*w0 w1 w2 w3\n[^]*\n<v B>.*w4 w5 w6\n/)
  t.match(
    as('md'),
    /^\*\*A\*\* \[.*\] w0 w1 w2 w3\n\n\*\*B\*\* \[.*\] w4 w5 w6/,
  )
})
