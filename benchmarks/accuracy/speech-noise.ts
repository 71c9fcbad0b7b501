import { seededRandom } from '../random.ts'
import { fft, powerOfTwo } from './fft.ts'
import { powerOf } from './levels.ts'

/** A minute and more: what is longer gets the noise of its beginning. */
const MAX_POINTS = 2 ** 20

/**
 * Steady noise with the long-term spectrum of a clip: its Fourier transform
 * with random phases, as in Prichard and Theiler 1994. Noise of that shape
 * masks all of speech alike, where white noise drowns the hissing sounds and
 * leaves the vowels, and it needs no recording of a crowd.
 *
 * @returns one period of it, which can be repeated without a seam
 */
export const speechShapedNoise = (samples: Float32Array): Float64Array => {
  const random = seededRandom(1)
  const n = Math.min(powerOfTwo(samples.length), MAX_POINTS)
  const real = new Float64Array(n)
  const imaginary = new Float64Array(n)
  real.set(samples.subarray(0, n))
  fft(real, imaginary)
  real[0] = imaginary[0] = real[n / 2] = imaginary[n / 2] = 0
  for (let k = 1; k < n / 2; k++) {
    const size = Math.hypot(real[k]!, imaginary[k]!)
    const phase = 2 * Math.PI * random()
    real[k] = real[n - k] = size * Math.cos(phase)
    imaginary[k] = size * Math.sin(phase)
    imaginary[n - k] = -imaginary[k]!
  }
  fft(imaginary, real)
  return real
}

/**
 * Adds {@link speechShapedNoise} to a clip.
 *
 * @param snr in dB: the power of the whole clip, pauses as well, to that of
 *   the noise in it
 */
export const withNoise = (samples: Float32Array, snr: number): Float32Array => {
  const period = speechShapedNoise(samples)
  const noise = samples.map((_, i) => period[i % period.length]!)
  const wanted = powerOf(samples) / 10 ** (snr / 10)
  const gain = Math.sqrt(wanted / (powerOf(noise) || 1))
  return samples.map((sample, i) => sample + gain * noise[i]!)
}
