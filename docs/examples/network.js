import { pipeline } from 'node:stream/promises'
import { RealtimeTranscriber, openaiClient } from 'voxpipe/openai'
import {
  SpeechServer,
  countNumbers,
  numberedAudio,
  numberedTurns,
} from 'voxpipe/testing'

// A server that breaks the connection twice, and forgets one answer.
const server = await SpeechServer.listen({
  faults: [
    { at: { frame: 20 }, do: 'reset' },
    { at: { frame: 50 }, do: { close: 1011 } },
    { at: { frame: 80 }, do: 'drop-completed' },
  ],
})
const transcriber = new RealtimeTranscriber({
  client: await openaiClient({ baseURL: server.baseURL, apiKey: 'any' }),
  turnDetection: numberedTurns(),
  timing: { reconnectMs: 10, answerMs: 500 },
})

const texts = []
await pipeline(numberedAudio({ frames: 100 }), transcriber, async events => {
  for await (const event of events)
    if (event.type === 'final') texts.push(event.text)
})

console.log(`${server.connections} connections`)
console.log(countNumbers(texts, 100))
await server.close()
