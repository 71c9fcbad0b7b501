/** The loudest that 16 bits can hold. */
const FULL_SCALE = 32_767 / 32_768

/** Mean power of samples; 0 of none. */
export const powerOf = (samples: Float32Array): number =>
  samples.reduce((sum, sample) => sum + sample * sample, 0) /
  Math.max(samples.length, 1)

/** Makes all of it quieter, in place, where any of it would be clipped. */
export const withinScale = (samples: Float32Array): Float32Array => {
  const peak = samples.reduce((most, at) => Math.max(most, Math.abs(at)), 0)
  if (peak > FULL_SCALE)
    for (let i = 0; i < samples.length; i++) samples[i]! *= FULL_SCALE / peak
  return samples
}
