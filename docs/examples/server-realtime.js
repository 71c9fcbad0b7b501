import { createReadStream } from 'node:fs'
import { connect } from 'node:net'
import { pipeline } from 'node:stream/promises'
import OpenAI from 'openai'
import { OpenAIRealtimeWS } from 'openai/realtime/ws'
import { Decoder, Resampler } from 'voxpipe'

const client = new OpenAI({
  baseURL: 'http://127.0.0.1:8642/v1',
  apiKey: 'any',
})
const realtime = new OpenAIRealtimeWS(
  {
    intent: 'transcription',
    // The client supports only wss:. This connects it to a server without TLS.
    options: { createConnection: () => connect(8642, '127.0.0.1') },
  },
  client,
)
await realtime.emitted('session.created')
realtime.send({
  type: 'session.update',
  session: {
    type: 'transcription',
    audio: {
      input: {
        transcription: { model: 'gpt-4o-mini-transcribe' },
        turn_detection: null, // a turn lasts until it is committed
      },
    },
  },
})
await realtime.emitted('session.updated')
// Any audio works. Here it is a file, sent faster than real time.
await pipeline(
  createReadStream('talk.wav'),
  new Decoder(),
  new Resampler({ sampleRate: 24_000 }),
  async chunks => {
    for await (const { channels } of chunks)
      realtime.send({
        type: 'input_audio_buffer.append',
        audio: Buffer.from(
          Int16Array.from(channels[0], sample => sample * 32_767).buffer,
        ).toString('base64'),
      })
  },
)
realtime.send({ type: 'input_audio_buffer.commit' })

const { transcript } = await realtime.emitted(
  'conversation.item.input_audio_transcription.completed',
)
console.log(transcript)
realtime.close()
