import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, isAbsolute, join } from 'node:path'
import { FfmpegMissingError } from '../core/errors.ts'
import { ByteChild, outputOf } from './child-process.ts'

const isProgram = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}

const SUFFIX = process.platform === 'win32' ? '.exe' : ''

/**
 * Returns the absolute path of the first program with this name on `PATH`. The
 * current folder and relative entries of `PATH` are not searched.
 */
export const findProgram = (
  name: string,
  env: NodeJS.ProcessEnv = process.env,
): string | undefined =>
  (env['PATH'] ?? '')
    .split(delimiter)
    .filter(folder => isAbsolute(folder))
    .map(folder => join(folder, name + SUFFIX))
    .find(isProgram)

/**
 * Returns the absolute path of ffmpeg: `VOXPIPE_FFMPEG` if set, else the first
 * on `PATH`; undefined if there is none. The current folder and relative
 * entries of `PATH` are not searched.
 */
export const findFfmpeg = (
  env: NodeJS.ProcessEnv = process.env,
): string | undefined => {
  const configured = env['VOXPIPE_FFMPEG']
  if (configured)
    return isAbsolute(configured) && isProgram(configured)
      ? configured
      : undefined
  return findProgram('ffmpeg', env)
}

/** Returns the version of an ffmpeg, such as `5.1.9`; undefined if it fails. */
export const ffmpegVersion = async (
  path: string,
): Promise<string | undefined> => {
  const text = await outputOf(path, ['-hide_banner', '-version'], 5000)
  return /^ffmpeg version (\S+)/.exec(text)?.[1]
}

/**
 * Returns the path of ffmpeg.
 *
 * @throws {FfmpegMissingError} if there is none
 */
export const requireFfmpeg = (
  path: string | undefined,
  container: string,
): string => {
  const found = path ?? findFfmpeg()
  if (found !== undefined && isProgram(found)) return found
  const configured = path ?? process.env['VOXPIPE_FFMPEG']
  throw new FfmpegMissingError(
    configured
      ? `ffmpeg is needed for ${container} input, but VOXPIPE_FFMPEG (or the option 'ffmpeg') does not name a program: set it to an absolute path`
      : `ffmpeg is needed for ${container} input and was not found: install it (apt install ffmpeg, brew install ffmpeg) or set VOXPIPE_FFMPEG to its absolute path`,
  )
}

type FfmpegJob = {
  /** Absolute path of ffmpeg. */
  readonly path: string
  /** Name of the only demuxer that is allowed. */
  readonly demuxer: string
  /** Path of a spool file; undefined if bytes are written to the child. */
  readonly spool?: string | undefined
}

const STALL_MS = 60_000

/** Returns ffmpeg's arguments, which allow one protocol and one format. */
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

/** Starts ffmpeg: bytes in, a WAV of unknown length out. */
export const startFfmpeg = (job: FfmpegJob): ByteChild =>
  new ByteChild(job.path, ffmpegArgs(job), { stallMs: STALL_MS })
