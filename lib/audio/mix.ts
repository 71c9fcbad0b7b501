const isFiniteAudio = (samples: Float32Array): boolean => {
  for (let i = 0; i < samples.length; i++)
    if (!Number.isFinite(samples[i])) return false
  return true
}

/**
 * Replaces NaN and infinite samples by 0, which silences a broken sample where
 * a filter would smear it over hundreds. Returns the same arrays when, as
 * always but for damaged float files, there are none.
 */
export const finiteChannels = (
  channels: readonly Float32Array[],
): readonly Float32Array[] =>
  channels.every(isFiniteAudio)
    ? channels
    : channels.map(samples =>
        samples.map(sample => (Number.isFinite(sample) ? sample : 0)),
      )

/** The mean of two channels, or nothing where a sample is not finite. */
const meanOfTwo = (
  first: Float32Array,
  second: Float32Array,
): Float32Array | undefined => {
  const mean = new Float32Array(first.length)
  for (let i = 0; i < mean.length; i++) {
    // A sum in float64 cannot overflow, so it is finite when its terms are.
    const sum = first[i]! + second[i]!
    if (!Number.isFinite(sum)) return undefined
    mean[i] = sum * 0.5
  }
  return mean
}

const meanOfMany = (channels: readonly Float32Array[]): Float32Array =>
  channels[0]!.map((_, frame) => {
    let sum = 0
    for (const samples of channels) sum += samples[frame]!
    return sum / channels.length
  })

/**
 * Mixes channels into one: the mean, so that nothing clips that did not clip
 * before. NaN and infinite samples count as 0. One clean channel is returned
 * as it is.
 *
 * @param channels at least one channel, all of one length
 */
export const mixToMono = (channels: readonly Float32Array[]): Float32Array => {
  const [first, second] = channels
  // Nearly all audio is stereo: one pass both mixes and checks.
  const mean = channels.length === 2 ? meanOfTwo(first!, second!) : undefined
  if (mean !== undefined) return mean
  const finite = finiteChannels(channels)
  return finite.length === 1 ? finite[0]! : meanOfMany(finite)
}
