import type { CaptionWriterFactory } from './caption-writer.ts'
import { json } from './json.ts'
import { jsonl } from './jsonl.ts'
import { srt } from './srt.ts'
import { tsv } from './tsv.ts'
import { txt } from './txt.ts'
import { vtt } from './vtt.ts'

const writers = { txt, srt, vtt, tsv, json, jsonl } satisfies Record<
  string,
  CaptionWriterFactory
>

/** A caption format's name, which is its file extension too. */
export type CaptionFormat = keyof typeof writers

/** Every caption format there is. */
export const captionFormats = Object.keys(writers) as CaptionFormat[]

/** The writer of each format. */
export const captionWriters: Record<CaptionFormat, CaptionWriterFactory> =
  writers
