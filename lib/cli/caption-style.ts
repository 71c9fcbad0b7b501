import {
  captionProfiles,
  formatCaptions,
  type CaptionOptions,
  type CaptionProfile,
  type CaptionProfileName,
  type SpeakerStyle,
} from '../captions/index.ts'
import { given } from './option-values.ts'

/** Caption options from the command line. */
export type CaptionStyle = Omit<CaptionOptions, 'format'>

export type CaptionStyleOptions = {
  readonly profile?: string
  readonly speakerStyle?: string
  readonly maxLineWidth?: number
  readonly maxLineCount?: number
}

const isProfile = (name: string | undefined): name is CaptionProfileName =>
  name !== undefined && Object.hasOwn(captionProfiles, name)

const profileOf = ({
  profile,
  speakerStyle,
}: CaptionStyleOptions): CaptionStyle['profile'] => {
  if (
    speakerStyle === undefined ||
    (profile !== undefined && !isProfile(profile))
  )
    return profile as CaptionProfileName | undefined
  const speakers = speakerStyle as SpeakerStyle
  return { ...(isProfile(profile) && captionProfiles[profile]), speakers }
}

/** @throws OptionError if an option is invalid */
export const captionStyle = (options: CaptionStyleOptions): CaptionStyle => {
  const style: CaptionStyle = given({
    profile: profileOf(options),
    maxLineWidth: options.maxLineWidth,
    maxLineCount: options.maxLineCount,
  })
  formatCaptions([], style) // checks the options
  return style
}

/**
 * Returns the profile that captions are made by or checked against.
 * @throws OptionError if an option is invalid
 */
export const captionRules = (
  options: CaptionStyleOptions,
): CaptionProfileName | Partial<CaptionProfile> => {
  const { profile = {}, ...limits } = captionStyle(options)
  const rules = typeof profile === 'string' ? captionProfiles[profile] : profile
  return { ...rules, ...limits }
}
