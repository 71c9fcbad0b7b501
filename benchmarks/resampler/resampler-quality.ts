/** In dB: least signal-to-error ratio, how far aliases are down, ripple. */
export type ResamplerQuality = {
  readonly signalToError: number
  readonly aliases?: number
  readonly ripple: number
}

/** Changes the rate of one channel. */
export type Resample = (
  samples: Float32Array,
) => Float32Array | Promise<Float32Array>

/** Samples of sin(2π f t + 0.3), full scale. */
export const tone = (
  frequency: number,
  rate: number,
  frames: number,
): Float32Array<ArrayBuffer> => {
  const samples = new Float32Array(frames)
  const step = (2 * Math.PI * frequency) / rate
  for (let i = 0; i < frames; i++) samples[i] = Math.sin(step * i + 0.3)
  return samples
}

const decibels = (amplitude: number): number =>
  20 * Math.log10(Math.max(amplitude, 1e-12))

/**
 * Splits samples into a sine of one frequency, of whatever level and phase
 * (least squares), and the rest; all in dB of full scale.
 */
const split = (
  samples: Float32Array,
  frequency: number,
  rate: number,
): { gain: number; rest: number; all: number } => {
  let [ss, cc, sc, xs, xc, xx] = [0, 0, 0, 0, 0, 0]
  const step = (2 * Math.PI * frequency) / rate
  for (const [i, x] of samples.entries()) {
    const [s, c] = [Math.sin(step * i), Math.cos(step * i)]
    ss += s * s
    cc += c * c
    sc += s * c
    xs += x * s
    xc += x * c
    xx += x * x
  }
  const det = ss * cc - sc * sc
  const a = (xs * cc - xc * sc) / det
  const b = (xc * ss - xs * sc) / det
  let rest = 0
  for (const [i, x] of samples.entries())
    rest += (x - a * Math.sin(step * i) - b * Math.cos(step * i)) ** 2
  const level = (power: number): number =>
    decibels(Math.sqrt((2 * power) / samples.length))
  return { gain: decibels(Math.hypot(a, b)), rest: level(rest), all: level(xx) }
}

const TONES = 21

const sweep = (first: number, last: number): number[] =>
  Array.from(
    { length: TONES },
    (_, k) => first + ((last - first) * k) / (TONES - 1),
  )

/**
 * What a resampler does to tones, in dB: the least signal-to-error ratio and
 * the largest change of level up to 0.9 of the lower Nyquist frequency, and
 * the loudest alias of a tone from 1.1 of it on. Level and delay are not
 * counted as error, but whatever moves in time is.
 */
export const qualityOf = async (
  resample: Resample,
  from: number,
  to: number,
): Promise<ResamplerQuality> => {
  const nyquist = Math.min(from, to) / 2
  const through = async (frequency: number) => {
    const out = await resample(tone(frequency, from, from * 0.4))
    // Without what is not settled yet, or no more.
    const middle = out.subarray(Math.round(to * 0.05), Math.round(to * 0.35))
    return split(middle, frequency, to)
  }
  let [error, ripple] = [-Infinity, 0]
  for (const part of sweep(0.01, 0.9)) {
    const { gain, rest } = await through(part * nyquist)
    error = Math.max(error, rest - gain)
    ripple = Math.max(ripple, Math.abs(gain))
  }
  if (from < to * 1.1) return { signalToError: -error, ripple }
  let loudest = -Infinity
  for (const part of sweep(1.1, (from / to) * 0.999))
    loudest = Math.max(loudest, (await through(part * nyquist)).all)
  return { signalToError: -error, ripple, aliases: -loudest }
}
