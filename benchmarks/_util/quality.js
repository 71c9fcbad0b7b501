/** Samples of sin(2π f t + 0.3), full scale. */
export const tone = (frequency, rate, frames) =>
  Float32Array.from({ length: frames }, (_, i) =>
    Math.sin((2 * Math.PI * frequency * i) / rate + 0.3),
  )

const decibels = amplitude => 20 * Math.log10(Math.max(amplitude, 1e-12))

/**
 * Splits samples into a sine of one frequency, of whatever level and phase
 * (least squares), and the rest.
 *
 * @returns {{ gain: number, rest: number, all: number }} dB of full scale
 */
const split = (samples, frequency, rate) => {
  let [ss, cc, sc, xs, xc, xx] = [0, 0, 0, 0, 0, 0]
  const step = (2 * Math.PI * frequency) / rate
  for (let i = 0; i < samples.length; i++) {
    const [s, c, x] = [Math.sin(step * i), Math.cos(step * i), samples[i]]
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
  for (let i = 0; i < samples.length; i++)
    rest += (samples[i] - a * Math.sin(step * i) - b * Math.cos(step * i)) ** 2
  const level = power => decibels(Math.sqrt((2 * power) / samples.length))
  return { gain: decibels(Math.hypot(a, b)), rest: level(rest), all: level(xx) }
}

/** 21 frequencies from `first` to `last`. */
const sweep = (first, last) =>
  Array.from({ length: 21 }, (_, k) => first + ((last - first) * k) / 20)

/**
 * What a resampler does to tones, in dB: the least signal-to-error ratio and
 * the largest change of level up to 0.9 of the lower Nyquist frequency, and
 * the loudest alias of a tone from 1.1 of it on. Level and delay are not
 * counted as error, but whatever moves in time is.
 *
 * @param {(samples: Float32Array) => Float32Array} resample
 */
export const qualityOf = (resample, from, to) => {
  const nyquist = Math.min(from, to) / 2
  const middle = samples =>
    samples.subarray(Math.round(to * 0.05), Math.round(to * 0.35))
  const through = frequency =>
    split(middle(resample(tone(frequency, from, from * 0.4))), frequency, to)
  let [error, ripple] = [-Infinity, 0]
  for (const part of sweep(0.01, 0.9)) {
    const { gain, rest } = through(part * nyquist)
    error = Math.max(error, rest - gain)
    ripple = Math.max(ripple, Math.abs(gain))
  }
  if (from < to * 1.1) return { signalToError: -error, ripple }
  const levels = sweep(1.1, (from / to) * 0.999).map(
    part => through(part * nyquist).all,
  )
  return { signalToError: -error, ripple, aliases: -Math.max(...levels) }
}
