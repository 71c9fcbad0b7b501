import { ratioOf } from './resample.ts'

/** A low-pass filter as rows of taps, one row per phase. */
export type PolyphaseFilter = {
  /** Output frames for every `down` input frames. */
  readonly up: number
  /** Input frames for every `up` output frames. */
  readonly down: number
  /** Taps per row, a multiple of 8. */
  readonly taps: number
  /** Rows per input frame: `up`, or fewer if outputs are interpolated. */
  readonly rows: number
  /** Whether outputs are interpolated between two rows. */
  readonly blended: boolean
  /** All rows, plus one if `blended`. */
  readonly table: Float32Array
}

/** Target stop-band attenuation in dB; float32 samples end near 150. */
const attenuation = 120

/** Half the transition band relative to the lower Nyquist frequency. */
const halfTransition = 0.1

/** Maximum size of a table: 1 MiB. */
const maxTableTaps = 2 ** 18

/**
 * Rows per input frame of a blended table for a filter of full bandwidth.
 * Linear interpolation errs by at most (π / rows)² / 8, which is −130 dB.
 * Narrower filters are smoother and need fewer.
 */
const blendedRows = 2048

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
 * Designs the filter between two rates (whole Hz): a Kaiser-windowed sinc with
 * −6 dB at the lower Nyquist frequency, flat up to 0.9 and stopped from 1.1 times
 * that frequency. Length and β follow Kaiser's formulas (Oppenheim and Schafer, Discrete-Time
 * Signal Processing, 7.5.3). Each row sums to 1.
 *
 * If one row per phase would exceed 1 MiB (44,100 to 15,999 Hz has 5,333
 * phases), there are fewer rows and outputs are blended.
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

/** The inner loop of the polyphase resampler with its memory. */
export type ResampleKernel = {
  readonly input: Float32Array
  readonly output: Float32Array
  /**
   * Writes `count` outputs from `output[0]` on.
   * @param at index in `input` of the first output's first tap
   * @param phase phase of the first output, below `filter.up`
   */
  readonly run: (at: number, phase: number, count: number) => void
}

/** Creates a kernel for a filter and buffers of the given lengths. */
export type KernelFactory = (
  filter: PolyphaseFilter,
  inputs: number,
  outputs: number,
) => ResampleKernel

/** The kernel in JavaScript; it sums in float64. */
export const scriptKernel: KernelFactory = (filter, inputs, outputs) => {
  const { table, taps, up, down, rows, blended } = filter
  const input = new Float32Array(inputs)
  const output = new Float32Array(outputs)
  const step = Math.floor(down / up)
  const rest = down % up

  const dot = (row: number, at: number): number => {
    let a = 0
    let b = 0
    let c = 0
    let d = 0
    for (let end = row + taps; row < end; row += 4, at += 4) {
      a += table[row]! * input[at]!
      b += table[row + 1]! * input[at + 1]!
      c += table[row + 2]! * input[at + 2]!
      d += table[row + 3]! * input[at + 3]!
    }
    return a + b + (c + d)
  }

  const blend = (place: number, at: number): number => {
    const row = Math.floor(place)
    const low = dot(row * taps, at)
    return low + (place - row) * (dot((row + 1) * taps, at) - low)
  }

  const run = (at: number, phase: number, count: number): void => {
    for (let n = 0; n < count; n++) {
      output[n] = blended
        ? blend(phase * (rows / up), at)
        : dot(phase * taps, at)
      at += step
      phase += rest
      if (phase >= up) {
        phase -= up
        at++
      }
    }
  }
  return { input, output, run }
}

/** The part of WebAssembly that is used; Node's types lack it. */
declare const WebAssembly: {
  readonly Memory: new (size: { initial: number }) => { buffer: ArrayBuffer }
  readonly Module: new (bytes: Uint8Array) => object
  readonly Instance: new (
    module: object,
    imports: object,
  ) => {
    exports: {
      run(...parameters: readonly number[]): void
      blend(...parameters: readonly number[]): void
    }
  }
  validate(bytes: Uint8Array): boolean
}

let compiled: object | undefined

const compile = (): object | undefined => {
  if (compiled !== undefined || typeof WebAssembly === 'undefined')
    return compiled
  const bytes = Buffer.from(kernelBytes, 'base64')
  // False if the processor has no SIMD.
  if (WebAssembly.validate(bytes)) compiled = new WebAssembly.Module(bytes)
  return compiled
}

/**
 * The kernel in WebAssembly SIMD (resample-kernel.wat), or in JavaScript
 * without SIMD. It sums in float32: for samples in [-1, 1] the two differ by
 * less than 1e-6 (−120 dB of full scale).
 */
export const wasmKernel: KernelFactory = (filter, inputs, outputs) => {
  const module = compile()
  if (module === undefined) return scriptKernel(filter, inputs, outputs)
  const { table, taps, up, down, rows, blended } = filter

  const inputAt = Math.ceil(table.byteLength / 64) * 64
  const outputAt = inputAt + inputs * 4
  const memory = new WebAssembly.Memory({
    initial: Math.ceil((outputAt + outputs * 4) / 65_536),
  })
  const { exports } = new WebAssembly.Instance(module, { env: { memory } })
  new Float32Array(memory.buffer).set(table)

  const run = (at: number, phase: number, count: number): void => {
    const x = inputAt + at * 4
    const width = taps * 4
    if (blended)
      exports.blend(0, width, x, outputAt, count, phase, up, down, rows / up)
    else exports.run(0, width, x, outputAt, count, phase, up, down)
  }
  return {
    input: new Float32Array(memory.buffer, inputAt, inputs),
    output: new Float32Array(memory.buffer, outputAt, outputs),
    run,
  }
}

/** resample-kernel.wat, assembled, in base64; a test compares them. */
export const kernelBytes =
  'AGFzbQEAAAABGAJgCH9/f39/f39/AGAJf39/f39/f398AAIPAQNlbnYGbWVtb3J5AgABAwMC' +
  'AAEHDwIDcnVuAAAFYmxlbmQAAQqcCgLUBgIQfwd7IAcgBm5BAnQhCCAHIAZwIQkgB0ECdCEK' +
  'IAZBAnQhCyADIARBAnRqIQwgAyALaiAMIAYgBEkbIQ0CQANAIAMgDU8NASAAIAUgAWxqIQ4g' +
  'DiABaiEPIAIhFCADIRUCQANAIBUgC2ohFiAWIAtqIRcgFyAMTw0BIA4hECAUIREgESAKaiES' +
  'IBIgCmohE/0MAAAAAAAAAAAAAAAAAAAAACEZ/QwAAAAAAAAAAAAAAAAAAAAAIRr9DAAAAAAA' +
  'AAAAAAAAAAAAAAAhG/0MAAAAAAAAAAAAAAAAAAAAACEc/QwAAAAAAAAAAAAAAAAAAAAAIR39' +
  'DAAAAAAAAAAAAAAAAAAAAAAhHgNAIBD9AAQAIRggGSAYIBH9AAQA/eYB/eQBIRkgGyAYIBL9' +
  'AAQA/eYB/eQBIRsgHSAYIBP9AAQA/eYB/eQBIR0gEP0ABBAhGCAaIBggEf0ABBD95gH95AEh' +
  'GiAcIBggEv0ABBD95gH95AEhHCAeIBggE/0ABBD95gH95AEhHiARQSBqIREgEkEgaiESIBNB' +
  'IGohEyAQQSBqIhAgD0kNAAsgGSAa/eQBIRkgGyAc/eQBIRsgHSAe/eQBIR0gGSAZIBn9DQgJ' +
  'CgsMDQ4PAAECAwQFBgf95AEhGSAbIBsgG/0NCAkKCwwNDg8AAQIDBAUGB/3kASEbIB0gHSAd' +
  '/Q0ICQoLDA0ODwABAgMEBQYH/eQBIR0gFSAZ/R8AIBn9HwGSOAIAIBYgG/0fACAb/R8BkjgC' +
  'ACAXIB39HwAgHf0fAZI4AgAgFCAKQQNsaiEUIBcgC2ohFQwACwsCQANAIBUgDE8NASAOIRAg' +
  'FCER/QwAAAAAAAAAAAAAAAAAAAAAIRn9DAAAAAAAAAAAAAAAAAAAAAAhGgNAIBkgEP0ABAAg' +
  'Ef0ABAD95gH95AEhGSAaIBD9AAQQIBH9AAQQ/eYB/eQBIRogEUEgaiERIBBBIGoiECAPSQ0A' +
  'CyAZIBr95AEhGSAZIBkgGf0NCAkKCwwNDg8AAQIDBAUGB/3kASEZIBUgGf0fACAZ/R8BkjgC' +
  'ACAUIApqIRQgFSALaiEVDAALCyACIAhqIQIgBSAJaiEFIAUgBk8EQCAFIAZrIQUgAkEEaiEC' +
  'CyADQQRqIQMMAAsLC8MDBAd/AXwFewF9IAcgBm5BAnQhCSAHIAZwIQogAyAEQQJ0aiELAkAD' +
  'QCADIAtPDQEgBbggCKIhECAAIBCrIAFsaiENIA0gAWohDiAOIQwgAiEP/QwAAAAAAAAAAAAA' +
  'AAAAAAAAIRL9DAAAAAAAAAAAAAAAAAAAAAAhE/0MAAAAAAAAAAAAAAAAAAAAACEU/QwAAAAA' +
  'AAAAAAAAAAAAAAAAIRUDQCAP/QAEACERIBIgESAN/QAEAP3mAf3kASESIBQgESAO/QAEAP3m' +
  'Af3kASEUIA/9AAQQIREgEyARIA39AAQQ/eYB/eQBIRMgFSARIA79AAQQ/eYB/eQBIRUgD0Eg' +
  'aiEPIA5BIGohDiANQSBqIg0gDEkNAAsgEiAT/eQBIRIgFCAV/eQBIRQgFCAS/eUBIRQgEiAS' +
  'IBL9DQgJCgsMDQ4PAAECAwQFBgf95AEhEiAUIBQgFP0NCAkKCwwNDg8AAQIDBAUGB/3kASEU' +
  'IBL9HwAgEv0fAZIhFiADIBYgECAQnaG2IBT9HwAgFP0fAZKUkjgCACACIAlqIQIgBSAKaiEF' +
  'IAUgBk8EQCAFIAZrIQUgAkEEaiECCyADQQRqIQMMAAsLCw=='
