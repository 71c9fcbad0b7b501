import { endOf } from '../../core/audio-chunk.ts'
import type { StageWarning } from '../../core/stage.ts'
import { FrameLevels } from '../../audio/quiet-cuts.ts'
import type { DecoderOptions } from '../../decode/decoder.ts'
import { bytesOf } from './byte-store.ts'
import { decode } from './decode-upload.ts'

/** What has been found out about a file. */
export type Findings = {
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
export type Survey = {
  /** As soon as it is known whether to send the file as it is. */
  readonly first: Promise<Findings>
  /** When all has been decoded. */
  readonly all: Promise<Findings>
  /** Looks no further. */
  readonly stop: () => void
}

/**
 * Decodes a file to find out how long it is, whether anything can be heard,
 * and whether it is whole.
 *
 * @param limitMs a file that is longer cannot be sent as it is
 */
export const survey = (
  blob: Blob,
  limitMs: number,
  options: DecoderOptions,
  onWarning: (warning: StageWarning) => void,
): Survey => {
  const abort = new AbortController()
  let tell: (findings: Findings) => void
  const first = new Promise<Findings>(resolve => (tell = resolve))
  const look = async (): Promise<Findings> => {
    let declaredMs: number | undefined
    let [audible, decodedMs] = [false, 0]
    let failure: Error | undefined
    const found = (whole: boolean): Findings => ({
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
          tell(found(false))
      }
    } catch (error) {
      failure = error as Error
    }
    tell(found(true))
    return found(true)
  }
  return { first, all: look(), stop: () => abort.abort() }
}
