import { isAbsolute } from 'node:path'
import { FfmpegMissingError } from '../core/errors.ts'
import { ByteChild, outputOf } from './child-process.ts'
import { findProgram, isProgram } from './find-program.ts'

/**
 * Absolute path of ffmpeg: `VOXPIPE_FFMPEG` where that is set, else the first
 * on `PATH`; undefined where there is none. Folders of `PATH` that are not
 * absolute, and the current folder, are never looked into.
 */
export const findFfmpeg = (
  env: NodeJS.ProcessEnv = process.env,
): string | undefined => {
  const told = env['VOXPIPE_FFMPEG']
  if (told) return isAbsolute(told) && isProgram(told) ? told : undefined
  return findProgram('ffmpeg', env)
}

/** Version that an ffmpeg says it is, such as `5.1.9`; undefined: it fails. */
export const ffmpegVersion = async (
  path: string,
): Promise<string | undefined> => {
  const text = await outputOf(path, ['-hide_banner', '-version'], 5000)
  return /^ffmpeg version (\S+)/.exec(text)?.[1]
}

/** The ffmpeg to run, or an error that says how to get one. */
export const requireFfmpeg = (
  path: string | undefined,
  container: string,
): string => {
  const found = path ?? findFfmpeg()
  if (found !== undefined && isProgram(found)) return found
  const told = path ?? process.env['VOXPIPE_FFMPEG']
  throw new FfmpegMissingError(
    told
      ? `ffmpeg is needed for ${container} input, but VOXPIPE_FFMPEG (or the option 'ffmpeg') names no program: set it to an absolute path`
      : `ffmpeg is needed for ${container} input and was not found: install it (apt install ffmpeg, brew install ffmpeg) or set VOXPIPE_FFMPEG to its absolute path`,
  )
}

/** What to decode, and how. */
export type FfmpegJob = {
  /** Absolute path of ffmpeg. */
  readonly path: string
  /** Name of the one demuxer that may be used. */
  readonly demuxer: string
  /** Our own spool file; undefined: the bytes are written to the child. */
  readonly spool?: string | undefined
  /** See {@link ByteChild}; in milliseconds. */
  readonly stallMs?: number
}

const STALL_MS = 60_000

/** Arguments of a decoding; see RELIABILITY S1: one protocol, one format. */
export const ffmpegArgs = ({ demuxer, spool }: FfmpegJob): string[] => {
  const protocol = spool === undefined ? 'pipe' : 'file'
  const input = spool === undefined ? 'pipe:0' : `file:${spool}`
  return [
    ['-nostdin', '-hide_banner', '-loglevel', 'error'],
    ['-protocol_whitelist', protocol, '-format_whitelist', demuxer],
    ['-f', demuxer, '-i', input],
    ['-map', '0:a:0?', '-vn', '-sn', '-dn', '-map_metadata', '-1'],
    ['-c:a', 'pcm_f32le', '-f', 'wav', 'pipe:1'],
  ].flat()
}

/** Starts ffmpeg on a job: bytes in, a WAV of unknown length out. */
export const startFfmpeg = (job: FfmpegJob): ByteChild =>
  new ByteChild(job.path, ffmpegArgs(job), {
    stallMs: job.stallMs ?? STALL_MS,
  })
