import { readFile } from 'node:fs/promises'
import { FfmpegMissingError } from 'voxpipe'
import { findFfmpeg, wavBytes } from 'voxpipe/audio'
import { readClipFolder } from '../clip-folder.ts'
import { ownClips } from '../clips.ts'
import { bytesThrough } from '../programs.ts'
import { wavOf } from '../samples.ts'

const RATE = 16_000
const PAUSE = 0.8 * RATE

/** What {@link longSpeech} takes of a clip. */
export type SpokenClip = {
  /** Mono, 16 kHz. */
  readonly samples: Float32Array
  /** What is said; undefined if unknown. */
  readonly text?: string | undefined
}

/** Speech, and what is said in it. */
type LongSpeech = {
  /** Mono, 16 kHz. */
  readonly samples: Float32Array<ArrayBuffer>
  readonly text: string
}

/**
 * Clips one after another, again and again, each with 800 ms of silence behind
 * it, until they are at least so long.
 *
 * @param clips at least one
 */
export const longSpeech = (
  clips: readonly SpokenClip[],
  seconds: number,
): LongSpeech => {
  const taken: SpokenClip[] = []
  let length = 0
  while (length < seconds * RATE) {
    const clip = clips[taken.length % clips.length]!
    taken.push(clip)
    length += clip.samples.length + PAUSE
  }
  const samples = new Float32Array(length)
  let at = 0
  for (const clip of taken) {
    samples.set(clip.samples, at)
    at += clip.samples.length + PAUSE
  }
  return { samples, text: taken.map(({ text = '' }) => text).join(' ') }
}

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
