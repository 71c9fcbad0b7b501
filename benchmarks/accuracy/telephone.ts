import { resampled } from '../samples.ts'

/** The µ-law code of a sample: ITU-T G.711 (1988), table 2, by its segments. */
export const mulawOf = (sample: number): number => {
  const value = Math.round(sample * 32_768)
  const magnitude = Math.min(Math.abs(value), 32_635) + 0x84
  const exponent = 24 - Math.clz32(magnitude)
  const mantissa = (magnitude >> (exponent + 3)) & 0x0f
  return ~((value < 0 ? 0x80 : 0) | (exponent << 4) | mantissa) & 0xff
}

/** The sample of a µ-law code. */
export const mulawSample = (code: number): number => {
  const bits = ~code & 0xff
  const magnitude = ((((bits & 0x0f) << 3) + 0x84) << ((bits >> 4) & 7)) - 0x84
  return (bits & 0x80 ? -magnitude : magnitude) / 32_768
}

/**
 * As a telephone network passes speech on: 8,000 samples a second, µ-law of 8
 * bits (ITU-T G.711), and back to 16 kHz. Nothing below 300 Hz is taken away.
 *
 * @param samples 16 kHz
 */
export const telephone = async (
  samples: Float32Array,
): Promise<Float32Array> => {
  const narrow = await resampled(samples, 16_000, 8_000)
  const coded = narrow.map(sample => mulawSample(mulawOf(sample)))
  const wide = await resampled(coded, 8_000, 16_000)
  // An odd one out has become two.
  return wide.subarray(0, samples.length)
}
