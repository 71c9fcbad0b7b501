import { readFile } from 'node:fs/promises'
import { FfmpegMissingError, findFfmpeg, wavBytes } from 'voxpipe'
import { readClipFolder } from '../clip-folder.ts'
import { ownClips } from '../clips.ts'
import { bytesThrough } from '../programs.ts'
import { wavOf } from '../samples.ts'

const RATE = 16_000

/**
 * Speech as a WAV file of 48 kHz and two channels. Samples are repeated, which
 * is good enough to measure speed on.
 */
export const wideWavOf = (samples: Float32Array): Uint8Array => {
  const wide = new Float32Array(3 * samples.length)
  for (const [i, sample] of samples.entries())
    wide.fill(sample, 3 * i, 3 * (i + 1))
  return wavBytes({ sampleRate: 3 * RATE, channels: [wide, wide] })
}

const encoders: Readonly<Record<string, readonly string[]>> = {
  mp3: ['-c:a', 'libmp3lame', '-b:a', '64k', '-f', 'mp3'],
  opus: ['-c:a', 'libopus', '-b:a', '32k', '-f', 'ogg'],
}

/**
 * Speech by ffmpeg.
 *
 * @param codec `mp3` or `opus`
 * @throws {FfmpegMissingError} without it
 * @throws {FfmpegError} where it has no such encoder
 */
export const encoded = async (
  samples: Float32Array,
  codec: string,
): Promise<Uint8Array> => {
  const ffmpeg = findFfmpeg()
  if (ffmpeg === undefined)
    throw new FfmpegMissingError(
      `there is no ffmpeg to make ${codec} with: install it, or set VOXPIPE_FFMPEG to its absolute path`,
    )
  const args = [
    ['-nostdin', '-hide_banner', '-loglevel', 'error'],
    ['-f', 'wav', '-i', 'pipe:0', ...encoders[codec]!, 'pipe:1'],
  ].flat()
  return bytesThrough(ffmpeg, args, wavOf(samples))
}

/** The FLAC files that ship with the package. */
export const ownFlacs = async (): Promise<Uint8Array[]> => {
  const files: Uint8Array[] = []
  for (const { path } of await readClipFolder(ownClips))
    files.push(await readFile(path))
  return files
}
