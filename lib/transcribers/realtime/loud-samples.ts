import { SAMPLES_PER_MS } from './final-of.ts'

/** Audio whose level is measured at a time: 100 ms. */
const WINDOW = 100 * SAMPLES_PER_MS
/** Mean level (RMS) from which audio may well be speech: −30 dB. */
const SPEECH = 0.03 * 32_768

/** Samples (s16le) in windows that are as loud as speech. */
export const loudSamples = (bytes: Buffer): number => {
  let loud = 0
  for (let from = 0; from < bytes.length; from += 2 * WINDOW) {
    const window = bytes.subarray(from, from + 2 * WINDOW)
    let energy = 0
    for (let at = 0; at + 1 < window.length; at += 2)
      energy += window.readInt16LE(at) ** 2
    const samples = window.length / 2
    if (Math.sqrt(energy / samples) >= SPEECH) loud += samples
  }
  return loud
}
