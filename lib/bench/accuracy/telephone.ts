import { MULAW } from '../../audio/g711.ts'
import { ChunkResampler } from '../../audio/resample-chunks.ts'

/** The µ-law code of a sample: ITU-T G.711 (1988), table 2, by its segments. */
export const mulawOf = (sample: number): number => {
  const value = Math.round(sample * 32_768)
  const magnitude = Math.min(Math.abs(value), 32_635) + 0x84
  const exponent = 24 - Math.clz32(magnitude)
  const mantissa = (magnitude >> (exponent + 3)) & 0x0f
  return ~((value < 0 ? 0x80 : 0) | (exponent << 4) | mantissa) & 0xff
}

const resampled = (
  samples: Float32Array,
  from: number,
  to: number,
): Float32Array => {
  const resampler = new ChunkResampler({
    sampleRate: to,
    channels: 'mono',
    engine: 'polyphase',
  })
  const chunk = { sampleRate: from, channels: [samples], offset: 0 }
  const out = new Float32Array(Math.round((samples.length * to) / from))
  for (const part of [resampler.push(chunk), resampler.end()])
    for (const { channels, offset } of part) out.set(channels[0]!, offset)
  return out
}

/**
 * As a telephone network passes speech on: 8,000 samples a second, µ-law of 8
 * bits (ITU-T G.711), and back to 16 kHz. Nothing below 300 Hz is taken away.
 *
 * @param samples 16 kHz
 */
export const telephone = (samples: Float32Array): Float32Array => {
  const narrow = resampled(samples, 16_000, 8_000)
  const coded = narrow.map(sample => MULAW[mulawOf(sample)]!)
  // An odd one out has become two.
  return resampled(coded, 8_000, 16_000).subarray(0, samples.length)
}
