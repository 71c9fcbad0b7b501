import { once } from 'node:events'
import t from 'tap'
import type { TranscriptEvent } from '../../lib/core/transcript-event.ts'
import { scriptedRecognizer } from '../../lib/testing/index.ts'
import {
  LocalTranscriber,
  type LocalTranscriberOptions,
} from '../../lib/transcribe/local-transcriber.ts'
import { jfkWords } from '../fixtures/scripted.ts'
import {
  chunksFrom,
  jfk,
  jfkStart,
  jfkText,
  samplesOf,
} from '../fixtures/speech-clips.ts'

/** The words behind the first pause. */
const jfkRest = jfkText.slice(jfkStart.length + 1)

const recognizer = scriptedRecognizer({ words: jfkWords })

const second = 16_000
const speech = await samplesOf(jfk)

/** Writes in chunks; something else is done at some of their places. */
const told = async (
  options: LocalTranscriberOptions,
  seconds: number,
  steps: Readonly<Record<number, 'commit' | 'clear'>>,
): Promise<TranscriptEvent[]> => {
  const stage = new LocalTranscriber({ recognizer, ...options })
  const events: TranscriptEvent[] = []
  stage.on('data', (event: TranscriptEvent) => events.push(event))
  for (const chunk of chunksFrom(speech.subarray(0, seconds * second), 800)) {
    const step = steps[chunk.offset / second]
    if (step) stage[step]()
    stage.write(chunk)
  }
  stage.end()
  await once(stage, 'end')
  return events
}

const textsOf = (events: readonly TranscriptEvent[]): string[] =>
  events.filter(event => event.type === 'final').map(({ text }) => text)

t.test('turns last from commit to commit', async t => {
  const options = { turnDetection: { type: 'manual' }, live: true } as const
  const events = await told(options, 11, { 3: 'commit' })
  t.same(textsOf(events), [jfkStart, jfkRest])
  t.notOk(events.some(({ type }) => type === 'speech-start'))
  t.match(events.at(-1), { type: 'end', duration: 11_000, complete: true })
})

t.test('drops cleared audio and transcribes the rest', async t => {
  const options = { turnDetection: { type: 'manual' } } as const
  const texts = textsOf(await told(options, 11, { 3: 'clear' }))
  t.same(texts, [jfkRest])
})

t.test('a commit ends a turn before silence does', async t => {
  const events = await told({}, 11, { 3: 'commit', 5: 'clear' })
  // At 5 s somebody says "what", for more than a second by the alignment.
  t.same(textsOf(events), [
    jfkStart,
    jfkText.slice(jfkText.indexOf('your country')),
  ])
})

t.test('options that do not go together', async t => {
  for (const [options, option] of [
    [{ turnDetection: 'manual' as never }, 'turnDetection.type'],
    [{ turnDetection: { type: 'server_vad' } as never }, 'turnDetection.type'],
    [
      { turnDetection: { type: 'manual', threshold: 0.5 } as never },
      'turnDetection.threshold',
    ],
    [
      { turnDetection: { type: 'manual', modelDir: '.' } as never },
      'turnDetection.modelDir',
    ],
  ] as const)
    t.throws(() => new LocalTranscriber(options), {
      code: 'VOX_OPTION',
      message: new RegExp(option),
    })
})
