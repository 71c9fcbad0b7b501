import { isAbsolute, join, parse } from 'node:path'
import { usageError } from './cli-error.ts'
import type { Job } from './jobs.ts'

/** ffmpeg's names of the formats that it reads. */
const codecs: Readonly<Record<string, string>> = {
  srt: 'srt',
  vtt: 'webvtt',
  ass: 'ass',
}

/** Caption codecs of containers; others are replaced by Matroska. */
const containers: Readonly<Record<string, string>> = {
  '.mp4': 'mov_text',
  '.m4v': 'mov_text',
  '.mov': 'mov_text',
  '.webm': 'webvtt',
}

/** Characters that a terminal would obey or not show; written in octal. */
const unsafe = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu
const quotes = /[%\\"'$!`]/g

const octal = (text: string): string =>
  Array.from(
    Buffer.from(text),
    byte => `\\${byte.toString(8).padStart(3, '0')}`,
  ).join('')

/** Quotes a word for a POSIX shell. */
export const shellWord = (text: string): string => {
  if (/^[\w@%+=:,./-]+$/.test(text)) return text
  if (text.search(unsafe) < 0) return `'${text.replaceAll("'", `'\\''`)}'`
  const format = text.replaceAll(quotes, octal).replaceAll(unsafe, octal)
  return `"$(printf '${format}')"`
}

/** Writes a path that ffmpeg takes for neither an option nor a protocol. */
const fileName = (path: string): string =>
  isAbsolute(path) || !/^-|^[^/]*:/.test(path) ? path : `./${path}`

/**
 * Escapes a value of a filter's option: twice, since ffmpeg parses the filter
 * graph first and the options after it.
 *
 * Source: https://ffmpeg.org/ffmpeg-filters.html#Notes-on-filtergraph-escaping
 */
export const filterValue = (text: string): string =>
  text
    .replaceAll(/[\\':]|^\s|\s$/g, '\\$&')
    .replaceAll(/[\\'[\],;]|^\s|\s$/g, '\\$&')

const pathBeside = (video: string, word: string, extension: string): string => {
  const { dir, name } = parse(video)
  return join(dir, `${name}.${word}${extension}`)
}

/** Shell commands that add captions as a track, or draw them. */
export type FfmpegCommands = { readonly mux: string; readonly burn: string }

/** @param format of the captions: srt, vtt or ass */
export const ffmpegCommands = (
  captions: string,
  format: string,
  video: string,
): FfmpegCommands => {
  const extension = parse(video).ext.toLowerCase()
  const known = containers[extension]
  const target = known === undefined ? '.mkv' : extension
  const codec = known ?? (format === 'ass' ? 'ass' : 'srt')
  const line = (words: readonly string[]): string =>
    ['ffmpeg', ...words].map(shellWord).join(' ')
  const input = ['-i', fileName(video)]
  const filter = format === 'ass' ? 'ass' : 'subtitles'
  return {
    mux: line([
      ...input,
      '-i',
      fileName(captions),
      ...'-map 0:v -map 0:a? -map 1:s -c copy -c:s'.split(' '),
      codec,
      fileName(pathBeside(video, 'captions', target)),
    ]),
    burn: line([
      ...input,
      '-vf',
      `${filter}=filename=${filterValue(fileName(captions))}`,
      '-c:a',
      'copy',
      fileName(pathBeside(video, 'burned', extension || '.mkv')),
    ]),
  }
}

/**
 * Returns the ffmpeg commands for the captions that jobs write.
 * @throws CliError if ffmpeg cannot read them
 */
export const ffmpegCommandsFor = (
  jobs: readonly Job[],
  video: string,
): FfmpegCommands => {
  const [job, ...others] = jobs
  const [target, ...more] = job!.targets
  const { path, format } = target!
  if (path === undefined || others.length + more.length > 0)
    throw usageError('--video needs the captions in one file; name it with -o')
  if (!Object.hasOwn(codecs, format))
    throw usageError(
      `ffmpeg cannot read '${format}'; with --video use ${Object.keys(codecs).join(', ')}`,
    )
  return ffmpegCommands(path, format, video)
}
