import { checkOneOf, checkSignal } from '../core/options.ts'
import {
  captionFormats,
  type CaptionFormat,
} from './formats/caption-formats.ts'
import {
  type CaptionProfile,
  type CaptionProfileName,
  resolveProfile,
} from './profiles.ts'

/** Options of captions. */
export type CaptionOptions = {
  /**
   * The name of a caption format, as `srt`, `vtt`, `txt` or `json`.
   * @default 'srt'
   */
  readonly format?: CaptionFormat
  /**
   * Rules that cues keep to: the name of a profile, or your own rules. Rules
   * that you leave out are those of captions without a profile, or those of
   * `live` if the captions roll up.
   * With one, a cue may wait for what follows, so that it can stay long enough
   * to be read.
   */
  readonly profile?: CaptionProfileName | Partial<CaptionProfile>
  /**
   * Most columns of a cue's line: a wide character (CJK, emoji) takes two.
   * @default the profile's, 42
   */
  readonly maxLineWidth?: number
  /**
   * Most lines in a cue.
   * @default the profile's, 2
   */
  readonly maxLineCount?: number
}

/** Options of {@link CaptionFormatter}. */
export type CaptionFormatterOptions = CaptionOptions & {
  /** Destroys the stream when aborted. */
  readonly signal?: AbortSignal
}

/** {@link CaptionFormatterOptions}, checked, with their defaults. */
export type CaptionSettings = {
  readonly format: CaptionFormat
  readonly profile: CaptionProfile
  /** Whether input cues are divided again. */
  readonly reflow: boolean
  readonly signal: AbortSignal | undefined
}

/**
 * Checks options and adds defaults.
 *
 * @throws OptionError if one cannot be used.
 */
export const resolveCaptionOptions = ({
  format = 'srt',
  profile,
  maxLineWidth,
  maxLineCount,
  signal,
}: CaptionFormatterOptions): CaptionSettings => {
  checkOneOf('format', format, captionFormats)
  checkSignal(signal)
  return {
    format,
    profile: resolveProfile(profile, { maxLineWidth, maxLineCount }),
    reflow: [profile, maxLineWidth, maxLineCount].some(v => v !== undefined),
    signal,
  }
}
