import { checkInteger, checkOneOf, checkSignal } from '../core/options.ts'
import {
  ChunkResampler,
  maxRate,
  minRate,
  resampleEngines,
} from '../audio/resample-chunks.ts'
import { ChunkStage } from './chunk-stage.ts'

/** Options of {@link Resampler}. */
export type ResamplerOptions = {
  /** Rate of the output, in whole Hz from 1,000 to 768,000. */
  readonly sampleRate: number
  /**
   * - `'mono'`: the mean of all channels, mixed before resampling.
   * - `'keep'`: all channels.
   * @default 'mono'
   */
  readonly channels?: 'mono' | 'keep'
  /**
   * - `'polyphase'`: windowed-sinc filter; errors 110 dB and aliases 100 dB
   *   below full scale; half a filter of delay (2.5 ms to 16,000 Hz).
   * - `'wave-resampler'`: the package of that name in blocks of 200 ms; slower,
   *   less exact near the Nyquist frequency, 250 ms of delay.
   * @default 'polyphase'
   */
  readonly engine?: 'polyphase' | 'wave-resampler'
  /** Destroys the stream when aborted. */
  readonly signal?: AbortSignal
}

/**
 * Changes the sample rate of {@link AudioChunk}s, and mixes them to mono by
 * default.
 *
 * The output does not depend on how the input is cut. Output frame n is at n /
 * sampleRate seconds of the source, and n input frames give round(n ·
 * sampleRate / rate). Chunks that already have the right rate pass through.
 * `offset` is at the output rate.
 *
 * A forward jump of `offset` is a gap in the source and is kept. A change of
 * the input's rate, or of its channels if they are kept, is treated alike; with
 * `'mono'` the number of channels may change at any time. NaN and infinite
 * samples count as 0. Outputs have at most 16,384 frames.
 *
 * Errors: `VOX_OPTION`; `VOX_FORMAT` if the input is no AudioChunk, its
 * `offset` goes back, or its rate is not a whole number from 1,000 to 768,000
 * Hz.
 */
export class Resampler extends ChunkStage {
  constructor({
    sampleRate,
    channels = 'mono',
    engine = 'polyphase',
    signal,
  }: ResamplerOptions) {
    checkInteger('sampleRate', sampleRate, minRate, maxRate)
    checkOneOf('channels', channels, ['mono', 'keep'])
    checkOneOf('engine', engine, resampleEngines)
    checkSignal(signal)
    super(new ChunkResampler({ sampleRate, channels, engine }), {
      signal,
      readableHighWaterMark: 4,
      writableHighWaterMark: 4,
    })
  }
}
