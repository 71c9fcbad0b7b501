import { MPEGDecoder } from 'mpg123-decoder'
import {
  Mp3Frames,
  type Mp3Frame,
  type Mp3Header,
  parseMp3Info,
  type Mp3Info,
} from './mp3-frames.ts'
import type { ByteSource } from '../byte-source.ts'
import { type Decoded, decodeFrames } from '../format-decoder.ts'

/** Delay of every MP3 decoder, in samples. */
const DECODER_DELAY = 529

/**
 * Trims the silence that encoder and decoder add. Nothing is trimmed after the
 * declared frames, since another file may be appended.
 */
class Mp3GaplessTrimmer {
  /** Start and end of the audio, and end of the trimmed part. */
  #start = 0
  #end = Infinity
  #over = Infinity
  #position = 0

  constructor(info: Mp3Info | undefined, samples: number) {
    if (!info?.gapless) return
    const { delay, padding } = info.gapless
    this.#start = delay + DECODER_DELAY
    if (!info.frames) return
    this.#over = info.frames * samples
    this.#end = this.#over - padding + DECODER_DELAY
  }

  /** Yields the parts that are audio. */
  *trim(channels: readonly Float32Array[]): Generator<Float32Array[]> {
    const from = this.#position
    const to = from + (channels[0]?.length ?? 0)
    this.#position = to
    for (const [start, end] of [
      [this.#start, this.#end],
      [Math.max(this.#end, this.#over), Infinity],
    ] as const) {
      const first = Math.max(from, start)
      const last = Math.min(to, end)
      if (first < last)
        yield channels.map(samples =>
          samples.subarray(first - from, last - from),
        )
    }
  }
}

const describe = (
  { layer, sampleRate, channels, samples }: Mp3Header,
  info: Mp3Info | undefined,
): Decoded => {
  const around = info?.gapless ? info.gapless.delay + info.gapless.padding : 0
  const frames = info?.frames && info.frames * samples - around
  return {
    type: 'format',
    format: {
      container: 'mp3',
      codec: `mp${layer}`,
      sampleRate,
      channels,
      ...(frames && { durationMs: (frames / sampleRate) * 1000 }),
    },
    // The end lacks the decoder's delay.
    toleranceMs: ((2 * samples) / sampleRate) * 1000,
  }
}

/** Decodes MPEG audio: voxpipe finds frames, mpg123 decodes them. */
export async function* decodeMp3(source: ByteSource): AsyncGenerator<Decoded> {
  const decoder = new MPEGDecoder({ enableGapless: false })
  await decoder.ready
  let first: Mp3Header | undefined
  let trimmer = new Mp3GaplessTrimmer(undefined, 0)

  function* audio(batch: readonly Mp3Frame[]): Generator<Decoded> {
    if (batch.length === 0) return
    const bytes = batch.map(frame => frame.bytes)
    const { channelData } = decoder.decodeFrames(bytes)
    for (const channels of trimmer.trim(channelData.slice(0, first!.channels)))
      yield { type: 'audio', channels }
  }

  function* decode(frames: Iterable<Mp3Frame>): Generator<Decoded> {
    let batch: Mp3Frame[] = []
    for (const frame of frames) {
      const info = parseMp3Info(frame.bytes, frame.header)
      if (!first) yield describe(frame.header, info)
      first ??= frame.header
      if (info) {
        yield* audio(batch)
        batch = []
        trimmer = new Mp3GaplessTrimmer(info, first.samples)
      } else batch.push(frame)
    }
    yield* audio(batch)
  }

  try {
    yield* decodeFrames(source, new Mp3Frames(), decode, 'inside a frame')
  } finally {
    decoder.free()
  }
}
