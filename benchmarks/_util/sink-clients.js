import { once } from 'node:events'
import WebSocket from 'ws'
import { openaiClient, RealtimeTranscriber } from 'voxpipe/openai'

/**
 * Who sends one stream: 50 ms chunks in, the texts of deltas out.
 *
 * @typedef {object} SinkClient
 * @property {(chunk: import('voxpipe').AudioChunk) => void} write
 * @property {() => Promise<void>} end resolves when the last final is there;
 *   rejects where something is missing
 */

/** @returns {Promise<SinkClient>} the package's own */
export const voxpipeClient = async ({ baseURL, onDelta, ...options }) => {
  const sink = new RealtimeTranscriber({
    client: await openaiClient({ baseURL, apiKey: 'any', env: {} }),
    live: true,
    ...options,
  })
  const read = async () => {
    let last
    for await (const event of sink) {
      if (event.type === 'delta') onDelta(event.text)
      last = event
    }
    if (last?.type !== 'end' || !last.complete)
      throw new Error(`the transcript is not whole: ${JSON.stringify(last)}`)
  }
  const done = read()
  done.catch(() => {})
  return {
    write: chunk => sink.write(chunk),
    end: () => {
      sink.end()
      return done
    },
  }
}

const bytesOf = samples => {
  const s16 = new Int16Array(samples.length)
  for (let i = 0; i < samples.length; i++) s16[i] = samples[i] * 32_768
  return Buffer.from(s16.buffer)
}

/** Chunks of silence after which the audio of a turn has settled: 300 ms. */
const SETTLED = 6

/**
 * The same with a WebSocket and nothing around it, that knows of no failure:
 * what the machine, Node, ws and the server take by themselves.
 *
 * @returns {Promise<SinkClient>}
 */
export const bareClient = async ({ baseURL, model, prompt, onDelta }) => {
  const socket = new WebSocket(
    `${baseURL.replace('http', 'ws')}/realtime?intent=transcription`,
    { perMessageDeflate: false, headers: { Authorization: 'Bearer any' } },
  )
  const send = event => socket.send(JSON.stringify(event))
  const format = { type: 'audio/pcm', rate: 24_000 }
  const transcription = { model, prompt }
  const input = { format, transcription, turn_detection: null }
  let ready = false
  let silence = SETTLED
  const turns = { outstanding: 0 }
  socket.on('message', data => {
    const event = JSON.parse(data)
    if (event.type === 'session.created')
      send({
        type: 'session.update',
        session: { type: 'transcription', audio: { input } },
      })
    else if (event.type === 'session.updated') ready = true
    else if (event.type.endsWith('.delta')) onDelta(event.delta)
    else if (event.type.endsWith('.completed')) turns.outstanding--
  })
  const commit = () => {
    turns.outstanding++
    send({ type: 'input_audio_buffer.commit' })
  }
  return {
    write: ({ channels: [samples] }) => {
      if (!ready) return
      if (samples[0] === 0) {
        if (++silence === SETTLED) commit()
        return
      }
      silence = 0
      const audio = bytesOf(samples).toString('base64')
      send({ type: 'input_audio_buffer.append', audio })
    },
    end: async () => {
      if (silence < SETTLED) commit()
      while (turns.outstanding > 0) await once(socket, 'message')
      socket.close()
    },
  }
}
