import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { AudioChunk } from '../../core/audio-chunk.ts'
import type { StageWarning } from '../../core/stage.ts'
import { Decoder, type DecoderOptions } from '../../decode/decoder.ts'
import { Resampler } from '../../stages/resampler.ts'

/** How a source is decoded, and who is told of what is wrong with it. */
export type Decoding = DecoderOptions & {
  readonly signal: AbortSignal
  readonly onFormat?: (format: { readonly durationMs?: number }) => void
  readonly onWarning: (warning: StageWarning) => void
}

/**
 * The audio in some bytes, as it is decoded.
 *
 * @param rate resamples to it, in Hz, and mixes to mono
 * @throws VoxpipeError when all audio before the fault is out
 */
export async function* decode(
  bytes: AsyncIterable<Uint8Array>,
  { onFormat, onWarning, ...options }: Decoding,
  rate?: number,
): AsyncGenerator<AudioChunk> {
  const decoder = new Decoder(options)
  decoder.on('format', format => onFormat?.(format))
  decoder.on('warning', onWarning)
  const { signal } = options
  const source = Readable.from(bytes, { highWaterMark: 1 })
  const resampler =
    rate === undefined ? undefined : new Resampler({ sampleRate: rate, signal })
  let failure: unknown
  const chunks = async function* (): AsyncGenerator<AudioChunk> {
    try {
      // It may end before its input does; that is no failure.
      yield* decoder.iterator({ destroyOnReturn: false })
    } catch (error) {
      // What the resampler still holds was decoded: it comes first.
      failure = error
    }
  }
  // What goes wrong is met again by whoever reads at the other end.
  pipeline(source, decoder).catch(() => {})
  try {
    if (resampler) {
      const decoded = Readable.from(chunks(), { highWaterMark: 1 })
      pipeline(decoded, resampler).catch(() => {})
      yield* resampler as AsyncIterable<AudioChunk>
    } else yield* chunks()
  } finally {
    decoder.destroy()
    source.destroy()
    resampler?.destroy()
  }
  signal.throwIfAborted()
  if (failure) throw failure as Error
}
