import type { CaptionFormatterOptions } from '../index.ts'

/** A format's name, which is its file extension too. */
export type Format = NonNullable<CaptionFormatterOptions['format']>

/** What `-f` takes beside `all`, which is all of these. */
export const formats = [
  'txt',
  'srt',
  'vtt',
  'tsv',
  'json',
  'jsonl',
] as const satisfies readonly Format[]

/** Whether a word names a format. */
export const isFormat = (word: string): word is Format =>
  (formats as readonly string[]).includes(word)
