import { ChunkResampler } from '../audio/resample-chunks.ts'
import { given } from '../core/options.ts'
import type {
  TurnDetection,
  TurnDetector,
  TurnMark,
} from '../core/turn-detector.ts'
import {
  checkTurnOptions,
  LIVE_CUT_MS,
  type TurnOptions,
  type TurnSignal,
} from './turn-segmenter.ts'
import { SileroActivity } from './engine/silero-activity.ts'
import { RECOGNIZER_RATE, SAMPLES_PER_MS } from './recognizer.ts'
import { AudioRun } from './audio-run.ts'
import type { VoiceActivity } from './voice-activity.ts'

/** Turn detection on this machine by Silero VAD. */
export type LocalVad = TurnOptions & {
  readonly type: 'local_vad'
  /** Folder of models to search before the cache. */
  readonly modelDir?: string
  /** Detector to use instead of Silero VAD. You close it. */
  readonly voiceActivity?: VoiceActivity
}

/**
 * Detects turns by the rules of live speech. A turn ends after a silence (the
 * longer the turn, the shorter the silence) and is cut before 15 s.
 *
 * @throws {OptionError} if a number is out of range
 */
export const localVad = ({
  modelDir,
  voiceActivity,
  ...options
}: LocalVad): TurnDetection => {
  const { silenceDurationMs = 500 } = options
  const turns = { shortTurnSilenceMs: silenceDurationMs, ...given(options) }
  checkTurnOptions(turns)
  return sampleRate => {
    if (voiceActivity)
      return new LocalTurnDetector(sampleRate, turns, voiceActivity)
    const silero = new SileroActivity({ modelDir })
    return new LocalTurnDetector(sampleRate, turns, silero, silero)
  }
}

class LocalTurnDetector implements TurnDetector {
  readonly #ratio: number
  readonly #sampleRate: number
  readonly #run: AudioRun
  readonly #owned: SileroActivity | undefined
  readonly #resampler = new ChunkResampler({
    sampleRate: RECOGNIZER_RATE,
    channels: 'mono',
    engine: 'polyphase',
  })
  #offset = 0

  constructor(
    sampleRate: number,
    turns: TurnOptions,
    voiceActivity: VoiceActivity,
    owned?: SileroActivity,
  ) {
    this.#sampleRate = sampleRate
    this.#ratio = sampleRate / RECOGNIZER_RATE
    this.#owned = owned
    this.#run = new AudioRun({
      voiceActivity,
      session: this,
      turns,
      live: true,
      base: 0,
    })
  }

  get settled(): number {
    const { openTurn, neededFrom } = this.#run
    if (!openTurn) return this.#toSource(neededFrom)
    const cut = openTurn.from + LIVE_CUT_MS * SAMPLES_PER_MS
    return Math.round(Math.min(openTurn.ownsUntil, cut) * this.#ratio)
  }

  async push(samples: Float32Array): Promise<TurnMark[]> {
    const chunk = {
      sampleRate: this.#sampleRate,
      channels: [samples],
      offset: this.#offset,
    }
    this.#offset += samples.length
    for (const { channels } of this.#resampler.push(chunk))
      this.#run.append(channels[0]!)
    const marks: TurnMark[] = []
    const onSignal = (signal: TurnSignal): void =>
      void marks.push(this.#toMark(signal))
    while (this.#run.hasFullBatch) await this.#run.runVad(onSignal)
    await this.#run.runVad(onSignal)
    this.#run.dropProcessed()
    return marks
  }

  async end(): Promise<TurnMark[]> {
    for (const { channels } of this.#resampler.end())
      this.#run.append(channels[0]!)
    const signals: TurnSignal[] = []
    await this.#run.flushVad(signal => signals.push(signal))
    signals.push(...this.#run.end())
    return signals.map(signal => this.#toMark(signal))
  }

  async close(): Promise<void> {
    await this.#owned?.close()
  }

  #toMark(signal: TurnSignal): TurnMark {
    if (signal.type === 'turn') {
      const { end, to } = signal.turn
      return { type: 'close', end: this.#toSource(end), to: this.#toSource(to) }
    }
    const { from, at } = signal
    return {
      type: 'open',
      from: this.#toSource(from),
      start: this.#toSource(at),
    }
  }

  #toSource(sample: number): number {
    return Math.min(Math.round(sample * this.#ratio), this.#offset)
  }
}
