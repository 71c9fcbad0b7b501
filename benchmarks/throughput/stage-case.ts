import { Readable, Writable, type Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import {
  type AudioChunk,
  CaptionFormatter,
  Chunker,
  Decoder,
  type FinalEvent,
  Resampler,
} from 'voxpipe'
import {
  longSpeech,
  type SpokenClip,
  encoded,
  ownFlacs,
  wideWavOf,
} from './speech.ts'
import { speedsOf } from '../meters.ts'
import type { StageName } from './throughput-tables.ts'

/** What is asked of the case. */
export type StageQuestion = {
  readonly stage: StageName
  readonly clips: readonly SpokenClip[]
  /** How much speech at least. */
  readonly seconds: number
  readonly runs: number
}

/** What it answers. */
export type StageAnswer = {
  readonly speeds: readonly number[]
  /** Why it was not measured. */
  readonly absent?: string
}

type Flow = {
  /** Seconds of audio that come out; by this the speed is reckoned. */
  readonly seconds: number
  /** By how much they may be off. */
  readonly tolerance?: number
  /** Lines of stages; each is run to its end. */
  readonly lines: () => readonly (readonly Transform[])[]
  readonly sources: readonly (readonly unknown[])[]
  /** Seconds that a chunk of the output is. */
  readonly measure?: (chunk: never) => number
}

const BLOCK = 65_536

/** Bytes in pieces, as a file is read. */
const slices = (bytes: Uint8Array): Uint8Array[] => {
  const parts: Uint8Array[] = []
  for (let at = 0; at < bytes.length; at += BLOCK)
    parts.push(bytes.subarray(at, at + BLOCK))
  return parts
}

const secondsIn = (chunk: AudioChunk): number =>
  chunk.channels[0]!.length / chunk.sampleRate

const gathered = async (
  source: readonly unknown[],
  stage: Transform,
): Promise<AudioChunk[]> => {
  const all: AudioChunk[] = []
  await pipeline(
    Readable.from(source),
    stage,
    new Writable({
      objectMode: true,
      write(chunk: AudioChunk, _, done) {
        all.push(chunk)
        done()
      },
    }),
  )
  return all
}

/** A caption every 5 s. */
const finalsFor = (seconds: number): FinalEvent[] =>
  Array.from({ length: seconds / 5 }, (_, i) => ({
    type: 'final',
    turn: `t${i}`,
    text: 'And so, my fellow Americans, ask not what your country can do.',
    start: i * 5_000,
    end: i * 5_000 + 4_500,
  }))

const narrow = () => new Resampler({ sampleRate: 16_000 })

const flowOf = async ({
  stage,
  clips,
  seconds,
}: StageQuestion): Promise<Flow> => {
  const { samples } = longSpeech(clips, seconds)
  const length = samples.length / 16_000
  const wav = (): Uint8Array[] => slices(wideWavOf(samples))
  const decoded = () => gathered(wav(), new Decoder())
  switch (stage) {
    case 'decode wav':
      return {
        seconds: length,
        sources: [wav()],
        lines: () => [[new Decoder()]],
      }
    case 'decode mp3':
    case 'decode opus': {
      const bytes = await encoded(samples, stage.slice('decode '.length))
      return {
        seconds: length,
        tolerance: 0.1, // encoders pad
        sources: [slices(bytes)],
        lines: () => [[new Decoder()]],
      }
    }
    case 'decode flac': {
      const files = await ownFlacs()
      let total = 0
      for (const file of files)
        for (const chunk of await gathered(slices(file), new Decoder()))
          total += secondsIn(chunk)
      return {
        seconds: total,
        sources: files.map(slices),
        lines: () => files.map(() => [new Decoder()]),
      }
    }
    case 'resample':
      return {
        seconds: length,
        sources: [await decoded()],
        lines: () => [[narrow()]],
      }
    case 'chunk':
      return {
        seconds: length,
        sources: [await gathered(await decoded(), narrow())],
        lines: () => [[new Chunker()]],
      }
    case 'format srt': {
      const finals = finalsFor(seconds)
      return {
        seconds: 5 * finals.length,
        sources: [finals],
        lines: () => [[new CaptionFormatter({ format: 'srt' })]],
        measure: (text: Buffer | string) =>
          5 * (String(text).split(' --> ').length - 1),
      }
    }
    case 'decode → resample → chunk':
      return {
        seconds: length,
        sources: [wav()],
        lines: () => [[new Decoder(), narrow(), new Chunker()]],
      }
  }
}

const run = async ({
  seconds,
  tolerance = 0.001,
  sources,
  lines,
  measure = secondsIn,
}: Flow): Promise<void> => {
  let received = 0
  for (const [i, stages] of lines().entries())
    await pipeline([
      Readable.from(sources[i]!),
      ...stages,
      new Writable({
        objectMode: true,
        write(chunk, _, done) {
          received += measure(chunk as never)
          done()
        },
      }),
    ])
  if (Math.abs(received - seconds) > tolerance)
    throw new Error(`${received} s came out of ${seconds} s`)
}

/**
 * How fast a stage is into nothing.
 *
 * @throws where not as much comes out as goes in
 */
export default async (question: StageQuestion): Promise<StageAnswer> => {
  let flow: Flow
  try {
    flow = await flowOf(question)
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (!code?.startsWith('VOX_FFMPEG')) throw error
    return { speeds: [], absent: message }
  }
  const { seconds } = flow
  return { speeds: await speedsOf(seconds, question.runs, () => run(flow)) }
}
