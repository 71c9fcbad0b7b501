import { MPEGDecoder } from 'mpg123-decoder'
import { Mp3Frames, type Mp3Frame } from '../../audio/mp3-frames.ts'
import type { Mp3Header } from '../../audio/mp3-header.ts'
import { parseMp3Info, type Mp3Info } from '../../audio/mp3-tags.ts'
import type { ByteSource } from './byte-source.ts'
import { BLOCK_BYTES, type Decoded } from './decoded.ts'
import { quiet } from './quiet.ts'

/** Frames by which every MP3 decoder is late. */
const DECODER_DELAY = 529

/** Cuts off what encoder and decoder put around the audio. */
class Gapless {
  #skip = 0
  #left = Infinity

  constructor(info: Mp3Info | undefined, samples: number) {
    if (!info?.gapless) return
    const { delay, padding } = info.gapless
    this.#skip = delay + DECODER_DELAY
    if (info.frames)
      this.#left = Math.max(0, info.frames * samples - delay - padding)
  }

  trim(channels: readonly Float32Array[]): Float32Array[] {
    const frames = channels[0]?.length ?? 0
    const from = Math.min(this.#skip, frames)
    const to = Math.min(frames, from + this.#left)
    this.#skip -= from
    this.#left -= to - from
    return channels.map(samples => samples.subarray(from, to))
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

  function* decode(batch: readonly Mp3Frame[]): Generator<Decoded> {
    let audio = batch
    const start = batch[0]
    if (!first && start) {
      first = start.header
      const info = parseMp3Info(start.bytes, first)
      gapless = new Gapless(info, first.samples)
      if (info) audio = batch.slice(1)
      yield describe(first, info)
    }
    if (audio.length > 0) {
      const bytes = audio.map(frame => frame.bytes)
      const { channelData } = quiet(() => decoder.decodeFrames(bytes))
      const channels = gapless.trim(channelData.slice(0, first!.channels))
      if (channels[0]!.length > 0) yield { type: 'audio', channels }
    }
    if (frames.damaged > damaged)
      yield { type: 'damage', what: `${frames.damaged - damaged} bytes` }
    damaged = frames.damaged
  }

  try {
    for (let bytes; (bytes = await source.next(BLOCK_BYTES));)
      yield* decode([...frames.push(bytes)])
    yield* decode([...frames.end()])
    if (frames.cut) yield { type: 'cut', where: 'inside a frame' }
  } finally {
    decoder.free()
  }
}
