import { bytesThrough } from '../../io/bytes-through.ts'
import { outputOf } from '../../io/child-process.ts'
import { findFfmpeg, requireFfmpeg } from '../../io/ffmpeg.ts'
import { readSamples } from '../read-samples.ts'
import { wavOf } from '../throughput/encode-speech.ts'

/** Why nothing can be made an MP3 of here; undefined where it can. */
export const whyNoMp3 = async (
  ffmpeg: string | undefined = findFfmpeg(),
): Promise<string | undefined> => {
  if (ffmpeg === undefined)
    return 'ffmpeg was not found; install it, or set VOXPIPE_FFMPEG to its absolute path'
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
 * @throws {FfmpegError} where it has no such encoder
 */
export const throughMp3 = async (
  samples: Float32Array,
  signal: AbortSignal,
): Promise<Float32Array> => {
  const ffmpeg = requireFfmpeg(undefined, 'mp3')
  const mp3 = await bytesThrough(ffmpeg, ARGS, wavOf(samples))
  return readSamples(mp3, signal)
}
