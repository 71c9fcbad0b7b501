import { once } from 'node:events'
import { Readable } from 'node:stream'
import { transcribe } from 'voxpipe'
import { MoonshineRecognizer } from 'voxpipe/recognizers'
import { createWebSocketStream, WebSocketServer } from 'ws'

const recognizer = new MoonshineRecognizer({ model: 'base' }) // for all calls
await recognizer.warmUp()

/** The µ-law bytes in the messages of a call, until `stop`. */
const audioOf = async function* (messages) {
  for await (const message of messages) {
    const { event, media } = JSON.parse(message)
    if (event === 'media') yield Buffer.from(media.payload, 'base64')
    else if (event === 'stop') return
  }
}

const server = new WebSocketServer({ host: '127.0.0.1', port: 0 })
await once(server, 'listening')
console.log(`ws://127.0.0.1:${server.address().port}`)

server.on('connection', async socket => {
  const messages = createWebSocketStream(socket, { readableObjectMode: true })
  const call = Readable.from(audioOf(messages))
  const raw = { encoding: 'mulaw', sampleRate: 8_000, channels: 1 }
  try {
    for await (const event of transcribe(call, { raw, live: true, recognizer }))
      if (event.type === 'final') console.log(event.text)
  } catch (error) {
    console.error(error) // this call failed; the server continues
  }
})
