import { execFileSync } from 'node:child_process'
// oxlint-disable-next-line import/default
import waveResampler from 'wave-resampler'
import { scriptKernel, wasmKernel } from '../dist/audio/resample-kernel.js'
import { PolyphaseResampler } from '../dist/audio/resample-polyphase.js'
import { WaveResampler } from '../dist/audio/resample-wave.js'

// oxlint-disable-next-line import/no-named-as-default-member
const { resample: wholeBuffer } = waveResampler

/** Frames handed over at once, as a decoder does. */
const blockFrames = 4096

const blocks = function* (samples) {
  for (let at = 0; at < samples.length; at += blockFrames)
    yield samples.subarray(at, at + blockFrames)
}

const joined = parts => {
  const all = new Float32Array(parts.reduce((sum, p) => sum + p.length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}

const streaming = resampler => samples => {
  resampler.start(0)
  const parts = []
  for (const block of blocks(samples)) parts.push(resampler.push([block])[0])
  parts.push(resampler.end()[0])
  return joined(parts)
}

const libsamplerate = async (from, to, quality) => {
  const library = await import('@alexanderolsen/libsamplerate-js')
  const { create, ConverterType } = library.default ?? library
  const converterType = ConverterType[quality]
  const converter = await create(1, from, to, { converterType })
  // full() keeps its state from block to block and cannot be drained, so tones
  // end a filter length early and begin after what the last one left.
  return samples => {
    const parts = []
    for (const block of blocks(samples)) parts.push(converter.full(block))
    return joined(parts)
  }
}

const ffmpeg = (from, to, resampler) => samples => {
  const args = `-v error -f f32le -ar ${from} -ac 1 -i pipe:0 -af aresample=${to}:resampler=${resampler} -f f32le pipe:1`
  const bytes = execFileSync('ffmpeg', args.split(' '), {
    input: Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength),
    maxBuffer: 2 ** 30,
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  return new Float32Array(Uint8Array.from(bytes).buffer)
}

/**
 * Engines by name: each makes a function from samples of one channel to
 * samples, or throws where it is not there.
 */
export const engines = {
  'voxpipe (wasm)': (from, to) =>
    streaming(new PolyphaseResampler({ from, to, channels: 1 }, wasmKernel)),
  'voxpipe (js)': (from, to) =>
    streaming(new PolyphaseResampler({ from, to, channels: 1 }, scriptKernel)),
  'voxpipe, wave-resampler': (from, to) =>
    streaming(new WaveResampler({ from, to, channels: 1 })),
  'wave-resampler raw': (from, to) => samples =>
    Float32Array.from(wholeBuffer(Float64Array.from(samples), from, to)),
  'libsamplerate medium': (from, to) =>
    libsamplerate(from, to, 'SRC_SINC_MEDIUM_QUALITY'),
  'libsamplerate best': (from, to) =>
    libsamplerate(from, to, 'SRC_SINC_BEST_QUALITY'),
  'ffmpeg soxr': (from, to) => ffmpeg(from, to, 'soxr'),
  'ffmpeg swr': (from, to) => ffmpeg(from, to, 'swr'),
}
