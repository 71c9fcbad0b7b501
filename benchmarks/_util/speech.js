import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { joinSamples } from '../../dist/benchmarks/samples.js'
import { loadClips } from '../../dist/benchmarks/clips.js'
import { speechOf } from '../../dist/benchmarks/run-bench.js'

const folder = new URL('../../test/fixtures/speech', import.meta.url)

/** Folder of the clips, as WAV. */
export const speechFolder = fileURLToPath(folder)

/** Which speech is in a folder; default: that of the package, as FLAC. */
export const speechIn = async data => {
  const { signal } = new AbortController()
  return speechOf(await loadClips({ data, signal }))
}

/** The clips of it. */
export const speechClips = () => {
  const json = readFileSync(new URL('manifest.json', folder), 'utf8')
  return JSON.parse(json).map(clip => ({
    ...clip,
    path: fileURLToPath(new URL(clip.file, folder)),
  }))
}

/** Samples of a clip (16 kHz mono s16le behind a header of 44 bytes). */
const samplesOf = path => {
  const bytes = readFileSync(path)
  const samples = new Float32Array((bytes.length - 44) / 2)
  for (let i = 0; i < samples.length; i++)
    samples[i] = bytes.readInt16LE(44 + 2 * i) / 32_768
  return samples
}

/** The clips one after another, again and again, for at least some seconds. */
export const longSpeech = seconds => {
  const clips = speechClips().map(({ path }) => samplesOf(path))
  const pause = new Float32Array(12_800)
  const parts = []
  let length = 0
  for (let i = 0; length < seconds * 16_000; i++) {
    const clip = clips[i % clips.length]
    parts.push(clip, pause)
    length += clip.length + pause.length
  }
  return joinSamples(parts)
}

/** A WAV header; no frame count means that it is unknown, as on a pipe. */
export const wavHeader = ({ sampleRate, channels, frames }) => {
  const header = Buffer.alloc(44)
  const bytes = frames === undefined ? 0xffffffff - 36 : frames * channels * 2
  header.write('RIFF', 0)
  header.writeUInt32LE(36 + bytes, 4)
  header.write('WAVEfmt ', 8)
  header.writeUInt32LE(16, 16)
  header.writeUInt16LE(1, 20)
  header.writeUInt16LE(channels, 22)
  header.writeUInt32LE(sampleRate, 24)
  header.writeUInt32LE(sampleRate * channels * 2, 28)
  header.writeUInt16LE(channels * 2, 32)
  header.writeUInt16LE(16, 34)
  header.write('data', 36)
  header.writeUInt32LE(bytes, 40)
  return header
}

/** Samples as s16le, each for all channels. */
export const s16 = (samples, channels = 1) => {
  const out = new Int16Array(samples.length * channels)
  for (let i = 0; i < samples.length; i++)
    out.fill(
      Math.max(-32_768, Math.min(32_767, Math.round(samples[i] * 32_768))),
      i * channels,
      (i + 1) * channels,
    )
  return Buffer.from(out.buffer)
}
