import { FfmpegMissingError, findFfmpeg } from 'voxpipe'
import { bytesThrough, outputOf } from '../programs.ts'
import { readSamples, wavOf } from '../samples.ts'

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
export const throughMp3 = async (
  samples: Float32Array,
  signal: AbortSignal,
): Promise<Float32Array> => {
  const ffmpeg = findFfmpeg()
  if (ffmpeg === undefined) throw new FfmpegMissingError(MISSING)
  const mp3 = await bytesThrough(ffmpeg, ARGS, wavOf(samples))
  return readSamples(mp3, signal)
}
