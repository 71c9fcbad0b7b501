import { seededRandom } from '../statistics.ts'

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

/**
 * The discrete Fourier transform of complex numbers, in place: Cooley and
 * Tukey 1965, radix 2. With its two arguments exchanged it is the inverse, but
 * for a factor of the length.
 *
 * @param real parts; as many as a power of two
 * @param imaginary parts
 */
export const fft = (real: Float64Array, imaginary: Float64Array): void => {
  const n = real.length
  for (let i = 1, j = 0; i < n; i++) {
    let bit = n >> 1
    for (; j & bit; bit >>= 1) j ^= bit
    j ^= bit
    if (i < j) {
      ;[real[i], real[j]] = [real[j]!, real[i]!]
      ;[imaginary[i], imaginary[j]] = [imaginary[j]!, imaginary[i]!]
    }
  }
  const cosines = Float64Array.from({ length: n / 2 }, (_, k) =>
    Math.cos((2 * Math.PI * k) / n),
  )
  const sines = Float64Array.from({ length: n / 2 }, (_, k) =>
    Math.sin((-2 * Math.PI * k) / n),
  )
  for (let half = 1; half < n; half *= 2) {
    const step = n / (2 * half)
    for (let start = 0; start < n; start += 2 * half)
      for (let k = 0; k < half; k++) {
        const [low, high] = [start + k, start + k + half]
        const [cos, sin] = [cosines[k * step]!, sines[k * step]!]
        const re = real[high]! * cos - imaginary[high]! * sin
        const im = real[high]! * sin + imaginary[high]! * cos
        real[high] = real[low]! - re
        imaginary[high] = imaginary[low]! - im
        real[low]! += re
        imaginary[low]! += im
      }
  }
}

/** The next power of two. */
export const powerOfTwo = (atLeast: number): number =>
  2 ** Math.ceil(Math.log2(Math.max(atLeast, 2)))

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
const speechShapedNoise = (samples: Float32Array): Float64Array => {
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

/** Seconds in which what is heard of a sound falls by 60 dB. */
const RT60 = 0.5
const RATE = 16_000
const BLOCK = 2 ** 15

/**
 * The answer of a room to a click: the click itself, and behind it Gaussian
 * noise that falls by 60 dB in {@link RT60} (Moorer 1979, Polack 1988), which
 * together is as strong as the click: so far away from the speaker that as
 * much comes from the walls.
 */
const roomResponse = (): Float64Array => {
  const random = seededRandom(1)
  const response = new Float64Array(RT60 * RATE)
  let energy = 0
  for (let i = 1; i < response.length; i++) {
    // Box and Muller 1958.
    const normal =
      Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
    response[i] = normal * 10 ** ((-3 * i) / response.length)
    energy += response[i]! ** 2
  }
  for (let i = 1; i < response.length; i++) response[i]! /= Math.sqrt(energy)
  response[0] = 1
  return response
}

/** Convolution with a shorter response, by overlap-add; as long as `samples`. */
export const convolved = (
  samples: Float32Array,
  response: Float64Array,
): Float32Array => {
  const out = new Float32Array(samples.length)
  const [kernelRe, kernelIm] = [
    new Float64Array(BLOCK),
    new Float64Array(BLOCK),
  ]
  kernelRe.set(response)
  fft(kernelRe, kernelIm)
  const length = BLOCK - response.length + 1
  for (let from = 0; from < samples.length; from += length) {
    const [re, im] = [new Float64Array(BLOCK), new Float64Array(BLOCK)]
    re.set(samples.subarray(from, from + length))
    fft(re, im)
    for (let k = 0; k < BLOCK; k++) {
      const product = re[k]! * kernelRe[k]! - im[k]! * kernelIm[k]!
      im[k] = re[k]! * kernelIm[k]! + im[k]! * kernelRe[k]!
      re[k] = product
    }
    fft(im, re)
    const end = Math.min(BLOCK, samples.length - from)
    for (let i = 0; i < end; i++) out[from + i]! += re[i]! / BLOCK
  }
  return out
}

/**
 * As in a room with a reverberation time of half a second, as loud as before.
 *
 * @param samples 16 kHz
 */
export const withReverb = (samples: Float32Array): Float32Array => {
  const wet = convolved(samples, roomResponse())
  const gain = Math.sqrt(powerOf(samples) / (powerOf(wet) || 1))
  return wet.map(sample => gain * sample)
}
