import type { TurnSettings } from '../../openai/wire/session-config.ts'

/** Start or end of speech, in samples of the pushed audio. */
export type SpeechMark = {
  readonly type: 'started' | 'stopped'
  readonly at: number
}

const WINDOW_MS = 10

/** Level of full scale for a threshold of 1: −28 dB. */
const TOP = 0.04

/** Longest silence of semantic turn detection, in ms, by eagerness. */
const WAITS = { low: 8_000, medium: 4_000, auto: 4_000, high: 2_000 } as const

const resolve = (settings: TurnSettings) =>
  settings.type === 'server_vad'
    ? {
        threshold: settings.threshold,
        prefixMs: settings.prefix_padding_ms,
        silenceMs: settings.silence_duration_ms,
      }
    : {
        threshold: 0.5,
        prefixMs: 300,
        silenceMs: WAITS[settings.eagerness],
      }

/**
 * Turn detection by energy: a window is speech if its RMS exceeds the
 * threshold. Meant for clear speech and clean silence only.
 */
export class EnergyDetector {
  readonly #window: number
  readonly #level: number
  readonly #prefix: number
  readonly #silence: number
  #position = 0
  #energy = 0
  #filled = 0
  #speaking = false
  /** End of the last window of speech. */
  #spokenUntil = 0

  constructor(settings: TurnSettings, sampleRate: number) {
    const { threshold, prefixMs, silenceMs } = resolve(settings)
    this.#window = Math.round((sampleRate * WINDOW_MS) / 1_000)
    this.#level = (threshold * TOP) ** 2
    this.#prefix = Math.round((sampleRate * prefixMs) / 1_000)
    this.#silence = Math.round((sampleRate * silenceMs) / 1_000)
  }

  get speaking(): boolean {
    return this.#speaking
  }

  /** First sample that the next turn may begin with. */
  get keepFrom(): number {
    return this.#position - this.#filled - this.#prefix
  }

  push(samples: Float32Array): SpeechMark[] {
    const marks: SpeechMark[] = []
    for (const sample of samples) {
      this.#energy += sample * sample
      this.#position++
      if (++this.#filled < this.#window) continue
      const mark = this.#judge(this.#energy / this.#window > this.#level)
      if (mark) marks.push(mark)
      this.#energy = 0
      this.#filled = 0
    }
    return marks
  }

  #judge(isSpeech: boolean): SpeechMark | undefined {
    if (isSpeech) {
      this.#spokenUntil = this.#position
      if (this.#speaking) return undefined
      this.#speaking = true
      const at = this.#position - this.#window - this.#prefix
      return { type: 'started', at }
    }
    const stop = this.#spokenUntil + this.#silence
    if (!this.#speaking || this.#position < stop) return undefined
    this.#speaking = false
    return { type: 'stopped', at: stop }
  }

  /** Resets after a commit by the client. */
  reset(): void {
    this.#speaking = false
  }
}
