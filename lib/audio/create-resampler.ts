import { checkInteger, checkOneOf } from '../core/options.ts'
import { maxRate, minRate } from './resample-chunks.ts'
import { scriptKernel } from './resample-kernel.ts'
import { PolyphaseResampler } from './resample-polyphase.ts'
import { WaveResampler } from './resample-wave.ts'
import type { ResampleSpec, StreamResampler } from './resample.ts'

const engines = {
  polyphase: (spec: ResampleSpec) => new PolyphaseResampler(spec),
  'polyphase-js': (spec: ResampleSpec) =>
    new PolyphaseResampler(spec, scriptKernel),
  'wave-resampler': (spec: ResampleSpec) => new WaveResampler(spec),
}

/** Options of {@link createResampler}. */
export type CreateResamplerOptions = {
  /** Rate of the input, in whole Hz from 1,000 to 768,000. */
  readonly from: number
  /** Rate of the output, in the same range. */
  readonly to: number
  /** How many channels each call has. @default 1 */
  readonly channels?: number
  /**
   * - `'polyphase'`: windowed-sinc filter, in WebAssembly where that is there.
   * - `'polyphase-js'`: the same filter in JavaScript.
   * - `'wave-resampler'`: the package of that name, in blocks of 200 ms.
   * @default 'polyphase'
   */
  readonly engine?: keyof typeof engines
}

/**
 * Creates a resampler that is called instead of piped: for samples that are in
 * memory, or come from something other than a Node stream. The `Resampler`
 * stage is built on the same engines.
 *
 * @throws {OptionError} for a rate, a number of channels or an engine that
 *   cannot be used
 */
export const createResampler = ({
  from,
  to,
  channels = 1,
  engine = 'polyphase',
}: CreateResamplerOptions): StreamResampler => {
  checkInteger('from', from, minRate, maxRate)
  checkInteger('to', to, minRate, maxRate)
  checkInteger('channels', channels, 1)
  checkOneOf('engine', engine, Object.keys(engines))
  return engines[engine]({ from, to, channels })
}
