import assert from 'node:assert/strict'
import { pipeline } from 'node:stream/promises'
import { RealtimeTranscriber, openaiClient } from 'voxpipe/openai'
import {
  FaultProxy,
  SpeechServer,
  countNumbers,
  numberedAudio,
  numberedTurns,
} from 'voxpipe/testing'

const server = await SpeechServer.listen({ answerMs: 20 })
const line = await FaultProxy.listen({
  target: server.baseURL,
  toxics: [
    { type: 'latency', latency: 10, jitter: 5 },
    { type: 'slicer', average_size: 1_000, stream: 'upstream' },
    { type: 'limit_data', bytes: 300_000, stream: 'upstream' },
  ],
})

const texts = []
const transcriber = new RealtimeTranscriber({
  client: await openaiClient({ baseURL: line.baseURL, apiKey: 'any' }),
  model: 'gpt-transcribe',
  turnDetection: numberedTurns(),
  maxRate: 10, // times real-time speed
  timing: { reconnectMs: 10 },
})
await pipeline(numberedAudio({ frames: 100 }), transcriber, async events => {
  for await (const event of events)
    if (event.type === 'final') texts.push(event.text)
})

assert.ok(server.connections > 1)
assert.deepEqual(countNumbers(texts, 100), {
  lost: [],
  doubled: [],
  outOfOrder: [],
  broken: [],
})
await line.close()
await server.close()
