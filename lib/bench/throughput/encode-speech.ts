import { readFile } from 'node:fs/promises'
import { s16Bytes, wavHeader } from '../../audio/wav-writer.ts'
import { FfmpegMissingError } from '../../core/errors.ts'
import { bytesThrough } from '../../io/bytes-through.ts'
import { findFfmpeg } from '../../io/ffmpeg.ts'
import { readClipFolder } from '../clip-folder.ts'
import { ownClips } from '../clips.ts'

const RATE = 16_000

/** Mono speech at 16 kHz as a WAV file. */
export const wavOf = (samples: Float32Array): Uint8Array =>
  Buffer.concat([wavHeader(RATE, samples.length), s16Bytes(samples)])

/**
 * Speech as a WAV file of 48 kHz and two channels. Samples are repeated, which
 * is good enough to measure speed on.
 */
export const wideWavOf = (samples: Float32Array): Uint8Array => {
  const mono = Buffer.from(s16Bytes(samples))
  const [repeats, frameBytes] = [3 * 2, 2]
  const bytes = Buffer.alloc(mono.length * repeats)
  for (let at = 0; at < mono.length; at += frameBytes)
    for (let i = 0; i < repeats; i++)
      mono.copy(bytes, at * repeats + i * frameBytes, at, at + frameBytes)
  return Buffer.concat([wavHeader(3 * RATE, 3 * samples.length, 2), bytes])
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
