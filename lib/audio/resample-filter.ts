import { ratioOf } from './resample.ts'

/** A low-pass filter cut into rows of taps, one row a phase. */
export type PolyphaseFilter = {
  /** Output frames for every `down` input frames. */
  readonly up: number
  /** Input frames for every `up` output frames. */
  readonly down: number
  /** Taps in a row, a multiple of 8. */
  readonly taps: number
  /** Rows over one input frame: `up`, or fewer where outputs lie between rows. */
  readonly rows: number
  /** Whether an output lies between two rows and is interpolated from both. */
  readonly blended: boolean
  /** The rows one after another; one more than `rows` when blended. */
  readonly table: Float32Array
}

/** Stop-band attenuation aimed at, in dB; float32 samples end near 150. */
const attenuation = 120

/** Half the transition band, as a part of the lower Nyquist frequency. */
const halfTransition = 0.1

/** Taps that one table may hold: 1 MiB. */
const maxTableTaps = 2 ** 18

/**
 * Rows over one input frame of a blended table, for a filter that passes all
 * of the input's band: linear interpolation errs by (π / rows)² / 8 at most,
 * which is −130 dB. A narrower filter is smoother and needs fewer.
 */
const blendedRows = 2048

/** Modified Bessel function of the first kind, order 0, by its series. */
const bessel0 = (x: number): number => {
  let sum = 1
  let term = 1
  for (let k = 1; term > sum * 1e-17; k++) {
    term *= (x / (2 * k)) ** 2
    sum += term
  }
  return sum
}

const sinc = (x: number): number =>
  x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x)

/**
 * Designs the filter between two rates: a sinc under a Kaiser window whose
 * −6 dB point is the lower Nyquist frequency, flat to 0.9 and stopped from 1.1
 * of it. Length and β follow from Kaiser's formulas (Oppenheim and Schafer,
 * Discrete-Time Signal Processing, 7.5.3). Each row sums to 1, so a constant
 * stays what it is.
 *
 * The table is bounded: where a row for each phase would take more than 1 MiB
 * (44,100 to 15,999 Hz has 5,333 phases), it has fewer and outputs are blended.
 *
 * @param from input rate, whole Hz
 * @param to output rate, whole Hz
 */
export const designFilter = (from: number, to: number): PolyphaseFilter => {
  const { up, down } = ratioOf(from, to)
  const cutoff = Math.min(1, to / from)
  const length = 1 + (attenuation - 7.95) / (14.36 * halfTransition * cutoff)
  const taps = Math.ceil(length / 8) * 8
  const blended = up * taps > maxTableTaps
  const rows = blended ? Math.ceil(blendedRows * cutoff) : up
  const table = new Float32Array((rows + (blended ? 1 : 0)) * taps)

  const half = taps / 2
  const beta = 0.1102 * (attenuation - 8.7)
  const row = new Float64Array(taps)
  for (let start = 0, phase = 0; start < table.length; start += taps, phase++) {
    let sum = 0
    for (let tap = 0; tap < taps; tap++) {
      const time = tap - (half - 1) - phase / rows
      const edge = Math.max(0, 1 - (time / half) ** 2)
      row[tap] = sinc(cutoff * time) * bessel0(beta * Math.sqrt(edge))
      sum += row[tap]!
    }
    for (let tap = 0; tap < taps; tap++) table[start + tap] = row[tap]! / sum
  }
  return { up, down, taps, rows, blended, table }
}
