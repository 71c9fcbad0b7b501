import { ass } from './ass.ts'
import type { CueFormat, EventFormat } from './caption-writer.ts'
import { ebuttd, ttml } from './ttml.ts'
import { json, jsonl } from './json.ts'
import { md, tsv, txt } from './txt.ts'
import { sbv, srt } from './srt.ts'
import { vtt } from './vtt.ts'

/** Name of a caption format. */
export type CaptionFormat =
  | 'txt'
  | 'srt'
  | 'vtt'
  | 'ass'
  | 'ttml'
  | 'ebuttd'
  | 'sbv'
  | 'md'
  | 'tsv'
  | 'json'
  | 'jsonl'

const table: Readonly<Record<CaptionFormat, CueFormat | EventFormat>> = {
  txt,
  srt,
  vtt,
  ass,
  ttml,
  ebuttd,
  sbv,
  md,
  tsv,
  json,
  jsonl,
}

/** Names of all caption formats. */
export const captionFormats = Object.keys(table) as CaptionFormat[]

export const formatOf = (name: CaptionFormat): CueFormat | EventFormat =>
  table[name]

/** Returns the file extension of a format, without a dot. */
export const extensionOf = (name: CaptionFormat): string =>
  table[name].extension
