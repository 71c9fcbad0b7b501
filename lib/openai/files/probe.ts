import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { FrameLevels } from '../../audio/quiet-cuts.ts'
import { type AudioChunk, endOf } from '../../core/audio-chunk.ts'
import type { StageWarning } from '../../core/stage.ts'
import { Decoder, type DecoderOptions } from '../../decode/decoder.ts'
import { Resampler } from '../../stages/resampler.ts'
import { bytesOf } from './part-cutter.ts'

export type Decoding = DecoderOptions & {
  readonly signal: AbortSignal
  readonly onFormat?: (format: { readonly durationMs?: number }) => void
  readonly onWarning: (warning: StageWarning) => void
}

/**
 * @param rate resamples to this rate, in Hz, and mixes to mono
 * @throws VoxpipeError after all audio before the fault
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
      // The decoder may end before its input; that is no failure.
      yield* decoder.iterator({ destroyOnReturn: false })
    } catch (error) {
      // Thrown later: what the resampler still holds comes first.
      failure = error
    }
  }
  // Errors reach the reader of the last stream.
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

export type ProbeResult = {
  readonly audible: boolean
  /** Length decoded so far, in ms. */
  readonly decodedMs: number
  /** Length that the container declares, in ms. */
  readonly declaredMs?: number | undefined
  readonly whole: boolean
  /** Why decoding stopped early. */
  readonly failure?: Error
}

/** Examines a file: its length, and whether it is silent or damaged. */
export type Probe = {
  /** Resolves once it is known whether the file can be sent unchanged. */
  readonly early: Promise<ProbeResult>
  readonly complete: Promise<ProbeResult>
  readonly stop: () => void
}

/** @param limitMs longest file that can be sent unchanged */
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
    const result: { -readonly [K in keyof ProbeResult]: ProbeResult[K] } = {
      audible: false,
      decodedMs: 0,
      whole: false,
    }
    try {
      for await (const chunk of decode(bytesOf(blob), {
        ...options,
        signal: abort.signal,
        onWarning,
        onFormat: format => (result.declaredMs = format.durationMs),
      })) {
        result.decodedMs = (1_000 * endOf(chunk)) / chunk.sampleRate
        result.audible ||= chunk.channels.some(samples => {
          const levels = new FrameLevels(chunk.sampleRate)
          levels.push(samples)
          return !levels.isSilent()
        })
        const { audible, decodedMs, declaredMs } = result
        const longest = Math.max(decodedMs, declaredMs ?? 0)
        if (longest > limitMs || (audible && declaredMs !== undefined))
          resolveEarly({ ...result })
      }
    } catch (error) {
      result.failure = error as Error
    }
    result.whole = true
    resolveEarly(result)
    return result
  }
  return { early: first, complete: decodeAll(), stop: () => abort.abort() }
}
