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
  /** Name of a caption format. @default 'srt' */
  readonly format?: CaptionFormat
  /**
   * Rules for cues: the name of a profile, or your own. Omitted rules default
   * to those without a profile, or to those of `live` for roll-up captions.
   * With a profile, a cue may wait for what follows, so that it can stay long
   * enough to be read.
   */
  readonly profile?: CaptionProfileName | Partial<CaptionProfile>
  /**
   * Maximum columns of a line; a wide character (CJK, emoji) takes two.
   * @default the profile's, 42
   */
  readonly maxLineWidth?: number
  /** Maximum lines of a cue. @default the profile's, 2 */
  readonly maxLineCount?: number
}

/** Options of {@link CaptionFormatter}. */
export type CaptionFormatterOptions = CaptionOptions & {
  /** Destroys the stream when aborted. */
  readonly signal?: AbortSignal
}

/** Checked {@link CaptionFormatterOptions} with defaults. */
export type CaptionSettings = {
  readonly format: CaptionFormat
  readonly profile: CaptionProfile
  /** Whether input cues are divided again. */
  readonly reflow: boolean
  readonly signal: AbortSignal | undefined
}

/** @throws OptionError if an option is invalid */
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
