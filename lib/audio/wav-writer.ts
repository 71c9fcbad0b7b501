import { endianness } from 'node:os'
import type { AudioChunk } from '../core/audio-chunk.ts'

const HOST_IS_BIG = endianness() === 'BE'

export const WAV_HEADER_BYTES = 44

/**
 * Returns the header of a WAV file of 16-bit samples (RIFF, WAVEFORMAT with tag
 * 1), to be followed by {@link s16Bytes}.
 * @param frames number of samples of each channel
 */
export const wavHeader = (
  sampleRate: number,
  frames: number,
  channels = 1,
): Uint8Array => {
  const bytes = new Uint8Array(WAV_HEADER_BYTES)
  const fields = new DataView(bytes.buffer)
  const frameBytes = 2 * channels
  const name = (at: number, text: string): void =>
    bytes.set(Buffer.from(text, 'latin1'), at)
  name(0, 'RIFF')
  fields.setUint32(4, WAV_HEADER_BYTES - 8 + frameBytes * frames, true)
  name(8, 'WAVEfmt ')
  fields.setUint32(16, 16, true)
  fields.setUint16(20, 1, true)
  fields.setUint16(22, channels, true)
  fields.setUint32(24, sampleRate, true)
  fields.setUint32(28, frameBytes * sampleRate, true)
  fields.setUint16(32, frameBytes, true)
  fields.setUint16(34, 16, true)
  name(36, 'data')
  fields.setUint32(40, frameBytes * frames, true)
  return bytes
}

/**
 * Returns samples as 16-bit little-endian PCM, rounded and clipped at full
 * scale. 16-bit input is reproduced exactly.
 */
export const s16Bytes = (samples: Float32Array): Uint8Array => {
  const out = new Int16Array(samples.length)
  for (let i = 0; i < samples.length; i++) {
    const value = Math.round(samples[i]! * 32_768)
    out[i] = value > 32_767 ? 32_767 : value < -32_768 ? -32_768 : value
  }
  const bytes = Buffer.from(out.buffer)
  return HOST_IS_BIG ? bytes.swap16() : bytes
}

/**
 * Returns audio as a WAV file of 16-bit samples, rounded and clipped at full
 * scale, without the `offset` of the chunk.
 */
export const wavBytes = ({
  sampleRate,
  channels,
}: Pick<AudioChunk, 'sampleRate' | 'channels'>): Uint8Array => {
  const [first = new Float32Array()] = channels
  const frames = first.length
  let samples = first
  if (channels.length > 1) {
    samples = new Float32Array(frames * channels.length)
    for (const [at, channel] of channels.entries())
      for (let i = 0; i < frames; i++)
        samples[i * channels.length + at] = channel[i]!
  }
  return Buffer.concat([
    wavHeader(sampleRate, frames, Math.max(channels.length, 1)),
    s16Bytes(samples),
  ])
}
