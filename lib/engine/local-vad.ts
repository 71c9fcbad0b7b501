import { ChunkResampler } from '../audio/resample-chunks.ts'
import type {
  TurnDetection,
  TurnDetector,
  TurnMark,
} from '../core/turn-detector.ts'
import { checkTurnOptions } from './check-turns.ts'
import type { VadState } from './engine-messages.ts'
import { framePowers, VAD_FRAME } from './frame-powers.ts'
import type { ResolveModelOptions } from './model-store.ts'
import { SampleBuffer } from './sample-buffer.ts'
import {
  LIVE_CUT_MS,
  TurnSegmenter,
  type TurnOptions,
  type TurnSignal,
} from './turn-segmenter.ts'
import { VoiceActivity } from './voice-activity.ts'

/** Turns that are found on this machine, by Silero VAD. */
export type LocalVad = Omit<TurnOptions, 'shortTurnSilenceMs'> & {
  readonly type: 'local_vad'
  /** Folder of models to look in before the cache. */
  readonly modelDir?: string
}

const ENGINE_RATE = 16_000

/**
 * Turn detection by voice activity, by the rules of live speech: a turn ends
 * after a silence, sooner the longer it gets, and is cut before 15 s.
 *
 * @throws {OptionError} for numbers that make no sense
 */
export const localVad = (options: LocalVad): TurnDetection => {
  const { modelDir, silenceDurationMs = 500 } = options
  const turns = { ...options, shortTurnSilenceMs: silenceDurationMs }
  checkTurnOptions(turns)
  return sampleRate => new LocalTurnDetector(sampleRate, turns, { modelDir })
}

class LocalTurnDetector implements TurnDetector {
  readonly #perSample: number
  readonly #sampleRate: number
  readonly #segmenter: TurnSegmenter
  readonly #models: ResolveModelOptions
  readonly #resampler = new ChunkResampler({
    sampleRate: ENGINE_RATE,
    channels: 'mono',
    engine: 'polyphase',
  })
  readonly #buffer = new SampleBuffer()
  #activity: Promise<VoiceActivity> | undefined
  #state: VadState | undefined
  #offset = 0
  #seen = 0

  constructor(
    sampleRate: number,
    turns: TurnOptions,
    models: ResolveModelOptions,
  ) {
    this.#sampleRate = sampleRate
    this.#perSample = sampleRate / ENGINE_RATE
    this.#segmenter = new TurnSegmenter(turns, true)
    this.#models = models
  }

  get settled(): number {
    const { open, needed } = this.#segmenter
    if (!open) return this.#place(needed)
    const cut = open.from + (LIVE_CUT_MS * ENGINE_RATE) / 1_000
    return Math.round(Math.min(open.certain, cut) * this.#perSample)
  }

  async push(samples: Float32Array): Promise<TurnMark[]> {
    const { length } = samples
    const chunk = {
      sampleRate: this.#sampleRate,
      channels: [samples],
      offset: this.#offset,
    }
    this.#offset += length
    for (const { channels } of this.#resampler.push(chunk))
      this.#buffer.append(channels[0]!)
    const waiting = this.#buffer.end - this.#seen
    return this.#detect(waiting - (waiting % VAD_FRAME))
  }

  async end(): Promise<TurnMark[]> {
    for (const { channels } of this.#resampler.end())
      this.#buffer.append(channels[0]!)
    const waiting = this.#buffer.end - this.#seen
    const missing = (VAD_FRAME - (waiting % VAD_FRAME)) % VAD_FRAME
    this.#buffer.append(new Float32Array(missing))
    const marks = await this.#detect(waiting + missing)
    return [...marks, ...this.#marksOf(this.#segmenter.end())]
  }

  async close(): Promise<void> {
    if (!this.#activity) return
    const acquired = await this.#activity.catch(() => undefined)
    if (acquired) await VoiceActivity.release(this.#models)
  }

  async #detect(length: number): Promise<TurnMark[]> {
    if (length === 0) return []
    this.#activity ??= VoiceActivity.acquire(this.#models)
    const activity = await this.#activity
    const samples = this.#buffer.slice(this.#seen, this.#seen + length)
    const powers = framePowers(samples)
    const { probabilities, state } = await activity.detect(samples, this.#state)
    this.#state = state
    this.#seen += length
    this.#buffer.dropBefore(this.#seen)
    return powers.flatMap((power, i) =>
      this.#marksOf(this.#segmenter.push(probabilities[i]!, power)),
    )
  }

  #marksOf(signals: readonly TurnSignal[]): TurnMark[] {
    return signals.map(signal =>
      signal.type === 'start'
        ? {
            type: 'open',
            from: this.#place(signal.from),
            start: this.#place(signal.at),
          }
        : {
            type: 'close',
            end: this.#place(signal.turn.end),
            to: this.#place(signal.turn.to),
          },
    )
  }

  /** Place of a sample of the engine's rate; never beyond what came. */
  #place(sample: number): number {
    return Math.min(Math.round(sample * this.#perSample), this.#offset)
  }
}
