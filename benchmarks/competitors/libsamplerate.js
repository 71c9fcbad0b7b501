import { joinSamples } from '../../dist/benchmarks/samples.js'

/** Frames handed over at once, as a decoder does. */
const blockFrames = 4096

/**
 * libsamplerate in WebAssembly. Its full() keeps its state from block to block
 * and cannot be drained, so tones end a filter length early and begin after
 * what the last one left.
 *
 * @param {string} quality name of a converter type
 * @returns {import('../../dist/benchmarks/competitors.js').ResampleStart}
 */
export const libsamplerate = quality => async (from, to) => {
  const library = await import('@alexanderolsen/libsamplerate-js')
  const { create, ConverterType } = library.default ?? library
  const converterType = ConverterType[quality]
  const converter = await create(1, from, to, { converterType })
  return samples => {
    const parts = []
    for (let at = 0; at < samples.length; at += blockFrames)
      parts.push(converter.full(samples.subarray(at, at + blockFrames)))
    return joinSamples(parts)
  }
}
