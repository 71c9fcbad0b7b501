import { seededRandom } from '../random.ts'
import { fft } from './fft.ts'
import { powerOf } from './levels.ts'

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
