import type { AudioChunk } from '../core/audio-chunk.ts'
import {
  DecodeError,
  EmptyInputError,
  TruncatedError,
  VoxpipeError,
} from '../core/errors.ts'
import type { StageWarning } from '../core/stage.ts'
import type { AudioFormat, Decoded } from './format-decoder.ts'

const MAX_FRAMES = 8192

/** Longest jump of the clock, in seconds; longer ones are ignored. */
const MAX_GAP_S = 86_400

const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`

/**
 * Places decoded audio on the source's clock, divides it into chunks, and
 * reports missing audio at the end.
 */
export class SourceClock {
  readonly #maxDurationMs: number
  readonly #strict: boolean
  #name = 'audio'
  #format: AudioFormat | undefined
  #toleranceMs = 1
  #next = 0
  #frames = 0
  #damages = 0
  #truncation: string | undefined
  full = false

  constructor(options: { maxDurationMs: number; strict: boolean }) {
    this.#maxDurationMs = options.maxDurationMs
    this.#strict = options.strict
  }

  setContainer(name: string): void {
    this.#name = name
  }

  setFormat(item: Decoded & { type: 'format' }): void {
    this.#format = item.format
    this.#toleranceMs = item.toleranceMs ?? this.#toleranceMs
  }

  *chunks(item: Decoded & { type: 'audio' }): Generator<AudioChunk> {
    const { sampleRate } = this.#format!
    const frames = item.channels[0]!.length
    const ahead = (item.at ?? 0) - this.#next
    if (ahead > 0 && ahead <= MAX_GAP_S * sampleRate) this.#next += ahead
    const limit = Math.floor((this.#maxDurationMs * sampleRate) / 1000)
    const kept = Math.min(frames, Math.max(0, limit - this.#next))
    this.full = kept < frames
    for (let from = 0; from < kept; from += MAX_FRAMES) {
      const to = Math.min(kept, from + MAX_FRAMES)
      // Each chunk owns its memory, so that it can be transferred to a worker.
      const whole = to - from === item.channels[0]!.buffer.byteLength / 4
      const channels = item.channels.map(samples =>
        whole ? samples : samples.slice(from, to),
      )
      yield { sampleRate, channels, offset: this.#next }
      this.#next += to - from
      this.#frames += to - from
    }
  }

  /** Counts damage; returns the warning to emit now, if any. */
  damage({ what }: Decoded & { type: 'damage' }): StageWarning | undefined {
    if (this.#damages++ > 0 || this.#strict) return undefined
    return {
      code: 'VOX_DECODE',
      message: `the ${this.#name} input is damaged near ${seconds(this.#ms)} (${what}); decoding continues after the damage`,
    }
  }

  truncated({ where }: Decoded & { type: 'truncated' }): void {
    this.#truncation = where
  }

  finish(): StageWarning[] {
    if (this.full)
      return [
        {
          code: 'VOX_MAX_DURATION',
          message: `stopped after ${seconds(this.#maxDurationMs)} of audio, the longest duration allowed`,
        },
      ]
    if (this.#frames === 0) throw this.#noAudioError()
    const warnings: StageWarning[] = []
    const missing = this.#missingAudio()
    if (missing && this.#strict) throw new TruncatedError(missing)
    if (missing) warnings.push({ code: 'VOX_TRUNCATED', message: missing })
    if (this.#damages > 0 && this.#strict)
      throw new DecodeError(
        this.#name,
        `the ${this.#name} input is damaged in ${this.#damages} places`,
      )
    if (this.#damages > 1)
      warnings.push({
        code: 'VOX_DECODE',
        message: `the ${this.#name} input is damaged in ${this.#damages} places in total`,
      })
    return warnings
  }

  get #ms(): number {
    return (this.#next / (this.#format?.sampleRate ?? 1)) * 1000
  }

  #missingAudio(): string | undefined {
    const declared = this.#format?.durationMs
    if (declared !== undefined && this.#ms < declared - this.#toleranceMs)
      return `the ${this.#name} input is cut short: it declares ${seconds(declared)}, and ${seconds(this.#ms)} could be decoded`
    if (this.#truncation === undefined) return undefined
    return `the ${this.#name} input is cut short: it ends ${this.#truncation}, at ${seconds(this.#ms)}`
  }

  #noAudioError(): VoxpipeError {
    const name = this.#name
    const damaged = this.#damages > 0 || this.#truncation !== undefined
    return damaged || !this.#format
      ? new DecodeError(
          name,
          `no audio could be decoded from the ${name} input: it is damaged or cut short`,
        )
      : new EmptyInputError(`the ${name} input contains no audio`)
  }
}
