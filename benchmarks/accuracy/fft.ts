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
