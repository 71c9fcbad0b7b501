import { MPEGDecoder } from 'mpg123-decoder'
import { Mp3Frames, type Mp3Frame } from './mp3-frames.ts'
import { type Mp3Header, parseMp3Info, type Mp3Info } from './mp3-header.ts'
import type { ByteSource } from '../byte-source.ts'
import { BLOCK_BYTES, type Decoded } from '../decoded.ts'

/** Frames by which every MP3 decoder is late. */
const DECODER_DELAY = 529

/**
 * Cuts off what encoder and decoder put around the audio. Behind the frames
 * that the first one declares nothing is cut: files are put one behind another.
 */
class Gapless {
  /** Places where audio starts, where it ends, and where the cut is over. */
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

  /** The parts of a run of samples that are audio. */
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
    // The tail lacks what the decoder is late by.
    toleranceMs: ((2 * samples) / sampleRate) * 1000,
  }
}

/** Reads MPEG audio: frames found here, decoded by mpg123. */
export async function* decodeMp3(source: ByteSource): AsyncGenerator<Decoded> {
  const frames = new Mp3Frames()
  const decoder = new MPEGDecoder({ enableGapless: false })
  await decoder.ready
  let first: Mp3Header | undefined
  let gapless = new Gapless(undefined, 0)
  let damaged = 0

  function* audio(batch: readonly Mp3Frame[]): Generator<Decoded> {
    if (batch.length === 0) return
    const bytes = batch.map(frame => frame.bytes)
    const { channelData } = decoder.decodeFrames(bytes)
    for (const channels of gapless.trim(channelData.slice(0, first!.channels)))
      yield { type: 'audio', channels }
  }

  function* decode(found: Iterable<Mp3Frame>): Generator<Decoded> {
    let batch: Mp3Frame[] = []
    for (const frame of found) {
      const info = parseMp3Info(frame.bytes, frame.header)
      if (!first) yield describe(frame.header, info)
      first ??= frame.header
      if (info) {
        yield* audio(batch)
        batch = []
        gapless = new Gapless(info, first.samples)
      } else batch.push(frame)
    }
    yield* audio(batch)
    if (frames.damaged > damaged)
      yield { type: 'damage', what: `${frames.damaged - damaged} bytes` }
    damaged = frames.damaged
  }

  try {
    for (let bytes; (bytes = await source.next(BLOCK_BYTES));)
      yield* decode(frames.push(bytes))
    yield* decode(frames.end())
    if (frames.cut) yield { type: 'cut', where: 'inside a frame' }
  } finally {
    decoder.free()
  }
}
