import { isAbsolute, join, parse } from 'node:path'
import { usageError } from './exit-code.ts'
import type { Job } from './plan-jobs.ts'

/** What ffmpeg calls the formats that it can read. */
const codecs: Readonly<Record<string, string>> = {
  srt: 'srt',
  vtt: 'webvtt',
  ass: 'ass',
}

/** What a container takes for captions; of the others, one that takes them. */
const containers: Readonly<Record<string, string>> = {
  '.mp4': 'mov_text',
  '.m4v': 'mov_text',
  '.mov': 'mov_text',
  '.webm': 'webvtt',
}

/** What a terminal would obey or not show: it is written in octal. */
const hidden = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu
const quotes = /[%\\"'$!`]/g

const octal = (text: string): string =>
  Array.from(
    Buffer.from(text),
    byte => `\\${byte.toString(8).padStart(3, '0')}`,
  ).join('')

/** A word of a POSIX shell. */
export const shellWord = (text: string): string => {
  if (/^[\w@%+=:,./-]+$/.test(text)) return text
  if (text.search(hidden) < 0) return `'${text.replaceAll("'", `'\\''`)}'`
  const format = text.replaceAll(quotes, octal).replaceAll(hidden, octal)
  return `"$(printf '${format}')"`
}

/** A file as ffmpeg takes it: neither an option nor a protocol. */
const fileName = (path: string): string =>
  isAbsolute(path) || !/^-|^[^/]*:/.test(path) ? path : `./${path}`

/**
 * A value of a filter's option. ffmpeg reads a graph of filters first, and their
 * options then: each takes escapes away.
 *
 * Source: https://ffmpeg.org/ffmpeg-filters.html#Notes-on-filtergraph-escaping
 */
export const filterValue = (text: string): string =>
  text
    .replaceAll(/[\\':]|^\s|\s$/g, '\\$&')
    .replaceAll(/[\\'[\],;]|^\s|\s$/g, '\\$&')

const besides = (video: string, word: string, extension: string): string => {
  const { dir, name } = parse(video)
  return join(dir, `${name}.${word}${extension}`)
}

/** Two lines for a shell: one adds captions to a video, one draws them on it. */
export type VideoLines = { readonly mux: string; readonly burn: string }

/**
 * The ffmpeg lines for captions in a file.
 *
 * @param format of the captions: srt, vtt or ass
 */
export const videoLines = (
  captions: string,
  format: string,
  video: string,
): VideoLines => {
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
      '-map',
      '0:v',
      '-map',
      '0:a?',
      '-map',
      '1:s',
      '-c',
      'copy',
      '-c:s',
      codec,
      fileName(besides(video, 'captions', target)),
    ]),
    burn: line([
      ...input,
      '-vf',
      `${filter}=filename=${filterValue(fileName(captions))}`,
      '-c:a',
      'copy',
      fileName(besides(video, 'burned', extension || '.mkv')),
    ]),
  }
}

/**
 * The same for what a command writes.
 *
 * @throws CliError where it writes nothing that ffmpeg could take
 */
export const videoLinesOf = (
  jobs: readonly Job[],
  video: string,
): VideoLines => {
  const [job, ...others] = jobs
  const [target, ...more] = job!.targets
  const { path, format } = target!
  if (path === undefined || others.length + more.length > 0)
    throw usageError('--video takes captions in one file; give it with -o')
  if (!Object.hasOwn(codecs, format))
    throw usageError(
      `ffmpeg reads no '${format}'; with --video use ${Object.keys(codecs).join(', ')}`,
    )
  return videoLines(path, format, video)
}
