import { Readable } from 'node:stream'
import t from 'tap'
import {
  assignSpeakers,
  SpeakerAssigner,
} from '../../../lib/captions/speakers/assign-speakers.ts'
import type { TranscriptEvent } from '../../../lib/core/transcript-event.ts'
import { events } from '../../fixtures/captions.ts'

const turns = [
  { speaker: 'Ann', start: 0, end: 1_500 },
  { speaker: 'Bob', start: 1_500, end: 20_000 },
]

t.test('assigns the same speakers as assignSpeakers()', async t => {
  for (const list of [events, events.slice(0, 4)]) {
    const out: TranscriptEvent[] = []
    for await (const event of Readable.from(list).pipe(
      new SpeakerAssigner({ speakers: turns }),
    ))
      out.push(event as TranscriptEvent)
    t.same(out, assignSpeakers(list, turns))
  }
})

t.test('refuses invalid input and options', async t => {
  t.throws(() => new SpeakerAssigner({ speakers: [{}] as never }), {
    code: 'VOX_OPTION',
  })
  t.throws(() => new SpeakerAssigner({ speakers: turns, signal: 1 as never }), {
    code: 'VOX_OPTION',
    option: 'signal',
  })
  const stage = new SpeakerAssigner({ speakers: turns })
  const failed = new Promise(resolve => stage.once('error', resolve))
  stage.write('text')
  t.match(await failed, { code: 'VOX_FORMAT' })
})

t.test('a signal ends it', async t => {
  const abort = new AbortController()
  const stage = new SpeakerAssigner({ speakers: turns, signal: abort.signal })
  const failed = new Promise(resolve => stage.once('error', resolve))
  abort.abort()
  t.match(await failed, { name: 'AbortError' })
})
