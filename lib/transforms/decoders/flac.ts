import { FLACDecoder } from '@wasm-audio-decoders/flac'
import { FlacFrames, type FlacFrame } from '../../audio/flac-frames.ts'
import type { FlacInfo } from '../../audio/flac-header.ts'
import type { ByteSource } from './byte-source.ts'
import { BLOCK_BYTES, type Decoded } from './decoded.ts'
import { quiet } from './quiet.ts'

const describe = (info: FlacInfo): Decoded => ({
  type: 'format',
  format: {
    container: 'flac',
    codec: 'flac',
    sampleRate: info.sampleRate,
    channels: info.channels,
    ...(info.totalSamples && {
      durationMs: (info.totalSamples / info.sampleRate) * 1000,
    }),
  },
})

/** Reads FLAC: frames found and checked here, decoded by libFLAC. */
export async function* decodeFlac(source: ByteSource): AsyncGenerator<Decoded> {
  const frames = new FlacFrames()
  const decoder = new FLACDecoder()
  await decoder.ready
  let described = false
  let base: number | undefined
  let damaged = 0

  async function* decode(batch: Iterable<FlacFrame>): AsyncGenerator<Decoded> {
    for (const { bytes, samples, at } of batch) {
      if (!described) {
        described = true
        yield describe(frames.info!)
        // A frame may refer to the header for its rate and width.
        await quiet(() => decoder.decodeFrames([frames.head!]))
      }
      // A recording of a stream may begin at any frame.
      base ??= frames.damaged > 0 ? 0 : at
      const { channelData } = await quiet(() => decoder.decodeFrames([bytes]))
      if (channelData[0]?.length === samples)
        yield { type: 'audio', channels: channelData, at: at - base }
      else yield { type: 'damage', what: `a frame of ${bytes.length} bytes` }
    }
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
