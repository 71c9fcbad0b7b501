import { checkInteger, checkOneOf, checkSignal } from '../core/options.ts'
import { captionFormats, type CaptionFormat } from './caption-formats.ts'
import { defaultLimits, type CueLimits } from './cue.ts'

/** How captions are to look. */
export type CaptionOptions = {
  /**
   * `txt`, `srt`, `vtt`, `tsv`, `json` or `jsonl`.
   * @default 'srt'
   */
  readonly format?: CaptionFormat
  /**
   * Most characters in a line of `srt` and `vtt`, as people count them: an
   * emoji or an accented letter is one.
   * @default 42
   */
  readonly maxLineWidth?: number
  /**
   * Most lines in a cue of `srt` and `vtt`.
   * @default 2
   */
  readonly maxLineCount?: number
}

/** Options of {@link CaptionFormatter}. */
export type CaptionFormatterOptions = CaptionOptions & {
  /** Destroys the stream when aborted. */
  readonly signal?: AbortSignal
}

/**
 * Options with their defaults.
 *
 * @throws OptionError if one cannot be used.
 */
export const resolveCaptionOptions = ({
  format = 'srt',
  maxLineWidth = defaultLimits.maxLineWidth,
  maxLineCount = defaultLimits.maxLineCount,
  signal,
}: CaptionFormatterOptions): {
  format: CaptionFormat
  limits: CueLimits
  signal: AbortSignal | undefined
} => {
  checkOneOf('format', format, captionFormats)
  checkInteger('maxLineWidth', maxLineWidth, 1, 1000)
  checkInteger('maxLineCount', maxLineCount, 1, 10)
  checkSignal(signal)
  const limits = { ...defaultLimits, maxLineWidth, maxLineCount }
  return { format, limits, signal }
}
