import { pipeline, Readable } from 'node:stream'
import { type AudioChunk, type TranscriptEvent, VoxpipeError } from 'voxpipe'
import { openaiClient, RealtimeTranscriber } from 'voxpipe/openai'
import { numberedTurns } from 'voxpipe/testing'
import type { FaultsEngine } from '../competitors.ts'

async function* chunksOf(
  frames: AsyncIterable<Uint8Array>,
): AsyncGenerator<AudioChunk> {
  let offset = 0
  for await (const bytes of frames) {
    const numbers = new Int16Array(bytes.buffer, bytes.byteOffset)
    const samples = Float32Array.from(numbers, number => number / 32_768)
    yield { sampleRate: 24_000, channels: [samples], offset }
    offset += samples.length
  }
}

/**
 * {@link RealtimeTranscriber} on live audio, as it is if nothing is set but who
 * finds the turns: a detector here that knows numbered audio, or the server.
 */
export const ourEngine = (finder: 'here' | 'server'): FaultsEngine => ({
  pings: true,
  async transcribe({ baseURL, frames, pingMs, signal, onFinal, onReport }) {
    const client = await openaiClient({ baseURL, apiKey: 'none', env: {} })
    const transcriber = new RealtimeTranscriber({
      client,
      model: 'gpt-transcribe',
      live: true,
      turnDetection:
        finder === 'here' ? numberedTurns() : { type: 'server_vad' },
      ...(pingMs && { timing: { pingMs } }),
      signal,
    })
    const gaps: { start: number; end: number }[] = []
    let failed = false
    const source = Readable.from(chunksOf(frames), { highWaterMark: 1 })
    try {
      const events: AsyncIterable<TranscriptEvent> = pipeline(
        source,
        transcriber,
        () => {}, // whoever reads is told of errors
      )
      for await (const event of events) {
        if (event.type === 'final') onFinal(event.text)
        if (event.type === 'gap') gaps.push(event)
        if (event.type === 'warning') onReport()
      }
    } catch (error) {
      if (!(error instanceof VoxpipeError)) throw error
      failed = true
      onReport()
    }
    return { gaps, failed }
  },
  close: async () => {},
})
