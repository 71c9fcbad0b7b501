import * as wave from 'wave-resampler'
import { FfmpegMissingError } from 'voxpipe'
import {
  createResampler,
  findFfmpeg,
  type StreamResampler,
} from 'voxpipe/audio'
import { bytesThrough } from '../programs.ts'
import { joinSamples } from '../samples.ts'
import type { Resample } from './resampler-quality.ts'

const names: object = wave

// Node finds only `default` in this package, and its types have no `default`.
const { resample } = ('default' in names ? names.default : names) as typeof wave

/** Frames handed over at once, as a decoder does. */
const BLOCK = 4_096

const streaming =
  (resampler: StreamResampler): Resample =>
  samples => {
    resampler.start(0)
    const parts: Float32Array[] = []
    for (let at = 0; at < samples.length; at += BLOCK)
      parts.push(resampler.push([samples.subarray(at, at + BLOCK)])[0]!)
    parts.push(resampler.end()[0]!)
    return joinSamples(parts)
  }

const ffmpeg =
  (from: number, to: number, resampler: string): Resample =>
  async samples => {
    const path = findFfmpeg()
    if (path === undefined) throw new FfmpegMissingError('ffmpeg was not found')
    const { buffer, byteOffset, byteLength } = samples
    const args = [
      ['-nostdin', '-v', 'error', '-f', 'f32le', '-ar', String(from)],
      ['-ac', '1', '-i', 'pipe:0'],
      ['-af', `aresample=${to}:resampler=${resampler}`, '-f', 'f32le'],
      ['pipe:1'],
    ].flat()
    const input = new Uint8Array(buffer, byteOffset, byteLength)
    const bytes = await bytesThrough(path, args, input)
    return new Float32Array(Uint8Array.from(bytes).buffer)
  }

type Make = (from: number, to: number) => Resample

/** Engines by name; one may fail at its first samples, being absent. */
export const resampleMakers: Readonly<Record<string, Make>> = {
  'voxpipe (wasm)': (from, to) => streaming(createResampler({ from, to })),
  'voxpipe (js)': (from, to) =>
    streaming(createResampler({ from, to, engine: 'polyphase-js' })),
  'voxpipe, wave-resampler': (from, to) =>
    streaming(createResampler({ from, to, engine: 'wave-resampler' })),
  'wave-resampler raw': (from, to) => samples =>
    Float32Array.from(resample(Float64Array.from(samples), from, to)),
  'ffmpeg soxr': (from, to) => ffmpeg(from, to, 'soxr'),
  'ffmpeg swr': (from, to) => ffmpeg(from, to, 'swr'),
}
