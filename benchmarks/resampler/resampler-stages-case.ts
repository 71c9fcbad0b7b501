import { Readable, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import {
  type AudioChunk,
  Chunker,
  Resampler,
  type ResamplerOptions,
} from 'voxpipe'
import { speedsOf } from '../meters.ts'
import { tone } from './resampler-quality.ts'

/** What is asked of the case. */
export type StagesQuestion = {
  readonly engine: NonNullable<ResamplerOptions['engine']>
  readonly rate: number
  readonly channels: number
  /** In a chunk. */
  readonly frames: number
  readonly seconds: number
  readonly runs: number
}

const TO = 16_000

/** Chunks as a decoder gives them, without the cost of decoding. */
function* source({
  rate,
  channels: count,
  frames,
  seconds,
}: StagesQuestion): Generator<AudioChunk> {
  const channels = Array.from({ length: count }, () => tone(400, rate, frames))
  for (let offset = 0; offset < seconds * rate; offset += frames)
    yield { sampleRate: rate, channels, offset }
}

/**
 * How fast Resampler and Chunker are as stages, into nothing.
 *
 * @throws where not as many frames come out as go in
 */
export default async (
  question: StagesQuestion,
): Promise<{ readonly speeds: readonly number[] }> => {
  const { engine, rate, frames, seconds, runs } = question
  const given = Math.ceil((seconds * rate) / frames) * frames
  const run = async (): Promise<void> => {
    let received = 0
    await pipeline(
      Readable.from(source(question)),
      new Resampler({ sampleRate: TO, engine }),
      new Chunker(),
      new Writable({
        objectMode: true,
        write(chunk: AudioChunk, _, done) {
          received += chunk.channels[0]!.length
          done()
        },
      }),
    )
    if (received !== Math.round((given * TO) / rate))
      throw new Error(`${received} frames came out of ${given}`)
  }
  return { speeds: await speedsOf(seconds, runs, run) }
}
