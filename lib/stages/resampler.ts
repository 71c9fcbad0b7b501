import { checkInteger, checkOneOf, checkSignal } from '../core/options.ts'
import {
  ChunkResampler,
  maxRate,
  minRate,
  resampleEngines,
  type ResampleEngine,
} from '../audio/resample-chunks.ts'
import { ChunkStage } from './chunk-stage.ts'

/** Options of {@link Resampler}. */
export type ResamplerOptions = {
  /** Rate of the output, in whole Hz from 1,000 to 768,000. */
  readonly sampleRate: number
  /**
   * - `'mono'`: the mean of all channels, mixed before resampling.
   * - `'keep'`: as many channels as come.
   * @default 'mono'
   */
  readonly channels?: 'mono' | 'keep'
  /**
   * - `'polyphase'`: windowed-sinc filter; errors 110 dB and aliases 100 dB
   *   below full scale; half a filter of delay (2.5 ms to 16,000 Hz).
   * - `'wave-resampler'`: the package of that name in blocks of 200 ms; slower,
   *   less exact near the Nyquist frequency, a quarter of a second of delay.
   * @default 'polyphase'
   */
  readonly engine?: ResampleEngine
  /** Destroys the stream when aborted. */
  readonly signal?: AbortSignal
}

const resolve = ({
  sampleRate,
  channels = 'mono',
  engine = 'polyphase',
  signal,
}: ResamplerOptions) => {
  checkInteger('sampleRate', sampleRate, minRate, maxRate)
  checkOneOf('channels', channels, ['mono', 'keep'])
  checkOneOf('engine', engine, resampleEngines)
  checkSignal(signal)
  return { sampleRate, channels, engine, ...(signal && { signal }) }
}

/**
 * Changes the sample rate of {@link AudioChunk}s, and their channels to one.
 *
 * The output is the same, bit for bit, however the input is cut into chunks,
 * and stands at the same time as the input: frame n of the output is at
 * n / sampleRate seconds of the source, and n frames of input give
 * round(n · sampleRate / rate). Where the rate is right already, chunks pass
 * through. `offset` is at the output rate.
 *
 * A jump of `offset` forward is a gap in the source: what comes before it ends
 * there, and the jump is kept. A change of the input's rate is treated alike,
 * as is a change of its channels where they are kept; in `'mono'` the number
 * of channels may change at any time. NaN and infinite samples count as 0. A
 * chunk of any length gives outputs of at most 16,384 frames, as they are read.
 *
 * Errors: `VOX_OPTION`; `VOX_FORMAT` for what is no AudioChunk, for an `offset`
 * that goes back, and for an input rate that is not a whole number from 1,000
 * to 768,000 Hz.
 */
export class Resampler extends ChunkStage {
  constructor(options: ResamplerOptions) {
    const { signal, ...rest } = resolve(options)
    super(new ChunkResampler(rest), {
      ...(signal && { signal }),
      readableHighWaterMark: 4,
      writableHighWaterMark: 4,
    })
  }
}
