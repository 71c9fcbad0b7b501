import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import t from 'tap'
import { transcribe, type TranscriptEvent } from '../../../lib/index.ts'
import { FileTranscriber, openaiClient } from '../../../lib/openai/index.ts'
import { textsOf } from '../../fixtures/run-to-end.ts'
import { openServer } from '../../fixtures/local-server.ts'
import { jfk, jfkText } from '../../fixtures/speech-clips.ts'

const { baseURL } = await openServer(t)
const client = await openaiClient({ baseURL, apiKey: 'any' })

for (const model of ['whisper-1', 'gpt-4o-transcribe', 'scripted'])
  t.test(`FileTranscriber, ${model}`, async t => {
    const events: TranscriptEvent[] = []
    const transcriber = new FileTranscriber({ client, model })
    await pipeline(createReadStream(jfk), transcriber, async source => {
      for await (const event of source) events.push(event as TranscriptEvent)
    })
    t.equal(textsOf(events).join(' '), jfkText)
    t.match(events.at(-1), { type: 'end', complete: true })
  })

t.test('transcribe(), with a model that it chooses', async t => {
  for (const wordTimes of [false, true]) {
    const options = { engine: 'openai', client, wordTimes } as const
    t.equal(await transcribe(jfk, options).text(), jfkText)
  }
})
