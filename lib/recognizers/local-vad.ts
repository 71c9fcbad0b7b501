import { ChunkResampler } from '../audio/resample-chunks.ts'
import type {
  TurnDetection,
  TurnDetector,
  TurnMark,
} from '../core/turn-detector.ts'
import { checkTurnOptions, LIVE_CUT_MS, type TurnOptions, type TurnSignal } from './turn-segmenter.ts'
import { SileroActivity } from './engine/silero-activity.ts'
import { RECOGNIZER_RATE } from './recognizer.ts'
import { Stretch } from './audio-run.ts'
import type { VoiceActivity } from './voice-activity.ts'

/** Turns that are found on this machine, by Silero VAD. */
export type LocalVad = Omit<TurnOptions, 'shortTurnSilenceMs'> & {
  readonly type: 'local_vad'
  /** Folder of models to look in before the cache. */
  readonly modelDir?: string
  /**
   * What finds speech, in place of Silero VAD; whoever made it closes it.
   */
  readonly voiceActivity?: VoiceActivity
}

/**
 * Turn detection by voice activity, by the rules of live speech: a turn ends
 * after a silence, sooner the longer it gets, and is cut before 15 s.
 *
 * @throws {OptionError} for numbers that make no sense
 */
export const localVad = ({
  modelDir,
  voiceActivity,
  ...options
}: LocalVad): TurnDetection => {
  const { silenceDurationMs = 500 } = options
  const turns = { ...options, shortTurnSilenceMs: silenceDurationMs }
  checkTurnOptions(turns)
  const silero = (): VoiceActivity =>
    new SileroActivity({ ...(modelDir !== undefined && { modelDir }) })
  return sampleRate =>
    new LocalTurnDetector(
      sampleRate,
      turns,
      voiceActivity ?? silero(),
      voiceActivity === undefined,
    )
}

class LocalTurnDetector implements TurnDetector {
  readonly #perSample: number
  readonly #sampleRate: number
  readonly #stretch: Stretch
  readonly #voiceActivity: VoiceActivity
  readonly #ownsActivity: boolean
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
    ownsActivity: boolean,
  ) {
    this.#sampleRate = sampleRate
    this.#perSample = sampleRate / RECOGNIZER_RATE
    this.#voiceActivity = voiceActivity
    this.#ownsActivity = ownsActivity
    this.#stretch = new Stretch({
      voiceActivity,
      session: this,
      turns,
      live: true,
      base: 0,
    })
  }

  get settled(): number {
    const { open, needed } = this.#stretch
    if (!open) return this.#place(needed)
    const cut = open.from + (LIVE_CUT_MS * RECOGNIZER_RATE) / 1_000
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
      this.#stretch.append(channels[0]!)
    const marks: TurnMark[] = []
    const take = (signal: TurnSignal) => void marks.push(this.#markOf(signal))
    while (this.#stretch.full) await this.#stretch.look(take)
    await this.#stretch.look(take)
    this.#stretch.forget()
    return marks
  }

  async end(): Promise<TurnMark[]> {
    for (const { channels } of this.#resampler.end())
      this.#stretch.append(channels[0]!)
    const marks: TurnMark[] = []
    await this.#stretch.lookAtRest(signal => marks.push(this.#markOf(signal)))
    for (const signal of this.#stretch.end()) marks.push(this.#markOf(signal))
    return marks
  }

  async close(): Promise<void> {
    if (this.#ownsActivity) await this.#voiceActivity.close?.()
  }

  #markOf(signal: TurnSignal): TurnMark {
    return signal.type === 'start'
      ? {
          type: 'open',
          from: this.#place(signal.from),
          start: this.#place(signal.at),
        }
      : {
          type: 'close',
          end: this.#place(signal.turn.end),
          to: this.#place(signal.turn.to),
        }
  }

  /** Place of a sample of the recognisers' rate; never beyond what came. */
  #place(sample: number): number {
    return Math.min(Math.round(sample * this.#perSample), this.#offset)
  }
}
