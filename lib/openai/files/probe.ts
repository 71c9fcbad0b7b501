import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { FrameLevels } from '../../audio/quiet-cuts.ts'
import { type AudioChunk, endOf } from '../../core/audio-chunk.ts'
import type { StageWarning } from '../../core/stage.ts'
import { Decoder, type DecoderOptions } from '../../decode/decoder.ts'
import { Resampler } from '../../stages/resampler.ts'
import { bytesOf } from './part-cutter.ts'

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

/** What has been found out about a file. */
export type ProbeResult = {
  /** Whether anything can be heard in it. */
  readonly audible: boolean
  /** What has been decoded, in ms. */
  readonly decodedMs: number
  /** The length that its container declares, in ms. */
  readonly declaredMs?: number
  /** Whether all of it has been looked at. */
  readonly whole: boolean
  /** Why it could not be decoded to its end. */
  readonly failure?: Error
}

/** A look into a file while it may already be on its way. */
export type Probe = {
  /** As soon as it is known whether to send the file as it is. */
  readonly early: Promise<ProbeResult>
  /** When all has been decoded. */
  readonly complete: Promise<ProbeResult>
  /** Looks no further. */
  readonly stop: () => void
}

/**
 * Decodes a file to find out how long it is, whether anything can be heard,
 * and whether it is whole.
 *
 * @param limitMs a file that is longer cannot be sent as it is
 */
export const probe = (
  blob: Blob,
  limitMs: number,
  options: DecoderOptions,
  onWarning: (warning: StageWarning) => void,
): Probe => {
  const abort = new AbortController()
  let resolveEarly: (findings: ProbeResult) => void
  const first = new Promise<ProbeResult>(resolve => (resolveEarly = resolve))
  const decodeAll = async (): Promise<ProbeResult> => {
    let declaredMs: number | undefined
    let [audible, decodedMs] = [false, 0]
    let failure: Error | undefined
    const resultSoFar = (whole: boolean): ProbeResult => ({
      audible,
      decodedMs,
      whole,
      ...(declaredMs !== undefined && { declaredMs }),
      ...(failure && { failure }),
    })
    try {
      for await (const chunk of decode(bytesOf(blob), {
        ...options,
        signal: abort.signal,
        onWarning,
        onFormat: format => (declaredMs = format.durationMs),
      })) {
        decodedMs = (1_000 * endOf(chunk)) / chunk.sampleRate
        audible ||= chunk.channels.some(samples => {
          const levels = new FrameLevels(chunk.sampleRate)
          levels.push(samples)
          return !levels.isSilent()
        })
        const longest = Math.max(decodedMs, declaredMs ?? 0)
        if (longest > limitMs || (audible && declaredMs !== undefined))
          resolveEarly(resultSoFar(false))
      }
    } catch (error) {
      failure = error as Error
    }
    resolveEarly(resultSoFar(true))
    return resultSoFar(true)
  }
  return { early: first, complete: decodeAll(), stop: () => abort.abort() }
}
