import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import {
  Chunker,
  Decoder,
  LocalTranscriber,
  Resampler,
  Stage,
  VoxpipeError,
  chunksOf,
  transcribe,
  type AudioChunk,
  type ErrorCode,
  type FinalEvent,
  type TranscribeOptions,
  type TranscriptEvent,
  type TurnDetection,
} from 'voxpipe'
import { chooseModel } from 'voxpipe/recognizers'

export const events = async (input: string): Promise<FinalEvent[]> => {
  const finals: FinalEvent[] = []
  for await (const event of transcribe(input, { live: true }))
    if (event.type === 'final') finals.push(event)
  return finals
}

export const text = (): Promise<string> => transcribe('talk.mp3').text()

export const composed = (): Promise<void> =>
  pipeline(
    createReadStream('talk.mp3'),
    new Decoder(),
    new Resampler({ sampleRate: 16_000 }),
    new Chunker({ ms: 100, last: 'pad' }),
    new LocalTranscriber({ model: 'tiny' }),
    async (events: AsyncIterable<TranscriptEvent>) => {
      for await (const { type } of events) if (type === 'end') return
    },
  )

export class Gain extends Stage<AudioChunk, AudioChunk> {}

export const gained: AsyncIterable<AudioChunk> = chunksOf(new Gain())

export const codeOf = (error: unknown): ErrorCode | undefined =>
  error instanceof VoxpipeError ? error.code : undefined

export const detection: TurnDetection = () => ({
  push: () => [{ type: 'open', from: 0, start: 0 }],
  end: async () => [],
  settled: 0,
})

export const { engine, model, reason } = chooseModel({ language: 'de' })

// @ts-expect-error the rate is required
void new Resampler()
// @ts-expect-error there is no such way to end
void new Chunker({ last: 'keep' })
// @ts-expect-error there is no such engine
void transcribe('talk.mp3', { engine: 'cloud' })
// @ts-expect-error a length in ms is a number
void new Chunker({ ms: '50' })
// @ts-expect-error a final has no such field
export const wrongField = (event: FinalEvent): number => event.duration
// @ts-expect-error there is no such code
export const wrongCode: ErrorCode = 'VOX_NOTHING'
// @ts-expect-error a decoder gives audio
export const wrongChunks: AsyncIterable<TranscriptEvent> = chunksOf(
  new Decoder(),
)
export const wrongMark: TurnDetection = () => ({
  // @ts-expect-error a mark has a place
  push: () => [{ type: 'open' }],
  end: () => [],
  settled: 0,
})
// @ts-expect-error options are not made of text
export const wrongOptions: TranscribeOptions = { keywords: 'voxpipe' }
