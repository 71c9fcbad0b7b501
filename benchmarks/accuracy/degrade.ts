import { FfmpegMissingError, findFfmpeg } from 'voxpipe'
import { bytesThrough, outputOf } from '../programs.ts'
import { resampled, readSamples, wavOf } from '../samples.ts'
import type { Degradation } from './accuracy-data.ts'
import { withinScale, withReverb, withNoise } from './acoustics.ts'

/** The µ-law code of a sample: ITU-T G.711 (1988), table 2, by its segments. */
export const mulawOf = (sample: number): number => {
  const value = Math.round(sample * 32_768)
  const magnitude = Math.min(Math.abs(value), 32_635) + 0x84
  const exponent = 24 - Math.clz32(magnitude)
  const mantissa = (magnitude >> (exponent + 3)) & 0x0f
  return ~((value < 0 ? 0x80 : 0) | (exponent << 4) | mantissa) & 0xff
}

/** The sample of a µ-law code. */
export const mulawSample = (code: number): number => {
  const bits = ~code & 0xff
  const magnitude = ((((bits & 0x0f) << 3) + 0x84) << ((bits >> 4) & 7)) - 0x84
  return (bits & 0x80 ? -magnitude : magnitude) / 32_768
}

/**
 * As a telephone network passes speech on: 8,000 samples a second, µ-law of 8
 * bits (ITU-T G.711), and back to 16 kHz. Nothing below 300 Hz is taken away.
 *
 * @param samples 16 kHz
 */
export const telephone = async (
  samples: Float32Array,
): Promise<Float32Array> => {
  const narrow = await resampled(samples, 16_000, 8_000)
  const coded = narrow.map(sample => mulawSample(mulawOf(sample)))
  const wide = await resampled(coded, 8_000, 16_000)
  // An odd one out has become two.
  return wide.subarray(0, samples.length)
}

const MISSING =
  'ffmpeg was not found; install it, or set VOXPIPE_FFMPEG to its absolute path'

/** Why nothing can be made an MP3 of here; undefined where it can. */
export const whyNoMp3 = async (
  ffmpeg: string | undefined = findFfmpeg(),
): Promise<string | undefined> => {
  if (ffmpeg === undefined) return MISSING
  const list = await outputOf(ffmpeg, ['-hide_banner', '-encoders'], 5_000)
  return list.includes('libmp3lame')
    ? undefined
    : 'ffmpeg here has no MP3 encoder (libmp3lame)'
}

const ARGS = [
  ['-nostdin', '-hide_banner', '-loglevel', 'error'],
  ['-protocol_whitelist', 'pipe', '-f', 'wav', '-i', 'pipe:0'],
  ['-c:a', 'libmp3lame', '-b:a', '32k', '-f', 'mp3', 'pipe:1'],
].flat()

/**
 * Through an MP3 of 32 kbit/s and back, by LAME in ffmpeg.
 *
 * @param samples 16 kHz
 * @throws {FfmpegMissingError} without ffmpeg
 * @throws {FfmpegError} where it has no such encoder
 */
const throughMp3 = async (
  samples: Float32Array,
  signal: AbortSignal,
): Promise<Float32Array> => {
  const ffmpeg = findFfmpeg()
  if (ffmpeg === undefined) throw new FfmpegMissingError(MISSING)
  const mp3 = await bytesThrough(ffmpeg, ARGS, wavOf(samples))
  return readSamples(mp3, signal)
}

type Degrade = (
  samples: Float32Array,
  signal: AbortSignal,
) => Float32Array | Promise<Float32Array>

const ways: Readonly<Record<Degradation, Degrade>> = {
  clean: samples => samples,
  telephone,
  'noise 10 dB': samples => withNoise(samples, 10),
  'noise 0 dB': samples => withNoise(samples, 0),
  reverb: withReverb,
  'mp3 32 kbit/s': throughMp3,
}

/** How each is done, for readers. */
export const degradationNotes: Readonly<Record<Degradation, string>> = {
  clean: 'as they are, at 16 kHz',
  telephone: '8 kHz and µ-law (G.711)',
  'noise 10 dB':
    'steady noise with the spectrum of the clip, 10 dB below its mean power',
  'noise 0 dB': 'the same noise, as loud as the speech',
  reverb:
    'a room with a reverberation time of 0.5 s, from which comes as much as from the speaker',
  'mp3 32 kbit/s': 'MP3 of 32 kbit/s by ffmpeg',
}

/**
 * A copy of a clip, the same every time; nothing in it is clipped.
 *
 * @param samples 16 kHz
 */
export const degrade = async (
  samples: Float32Array,
  how: Degradation,
  signal: AbortSignal,
): Promise<Float32Array> =>
  withinScale(new Float32Array(await ways[how](samples, signal)))
