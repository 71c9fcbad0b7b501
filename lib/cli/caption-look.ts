import {
  captionProfiles,
  formatCaptions,
  type CaptionOptions,
  type CaptionProfile,
  type CaptionProfileName,
  type SpeakerLook,
} from '../index.ts'
import { given } from './given.ts'

/** How captions are to look; nothing of it where nothing was said. */
export type CaptionLook = Omit<CaptionOptions, 'format'>

/** What the options say of how captions are to look. */
export type LookOptions = {
  readonly profile?: string
  readonly speakerLook?: string
  readonly maxLineWidth?: number
  readonly maxLineCount?: number
}

const isProfile = (name: string | undefined): name is CaptionProfileName =>
  name !== undefined && Object.hasOwn(captionProfiles, name)

const profileOf = ({
  profile,
  speakerLook,
}: LookOptions): CaptionLook['profile'] => {
  if (
    speakerLook === undefined ||
    (profile !== undefined && !isProfile(profile))
  )
    return profile as CaptionProfileName | undefined
  const speakers = speakerLook as SpeakerLook
  return { ...(isProfile(profile) && captionProfiles[profile]), speakers }
}

/**
 * How captions are to look.
 *
 * @throws OptionError where something of it cannot be used
 */
export const captionLook = (options: LookOptions): CaptionLook => {
  const look: CaptionLook = given({
    profile: profileOf(options),
    maxLineWidth: options.maxLineWidth,
    maxLineCount: options.maxLineCount,
  })
  formatCaptions([], look) // checks it
  return look
}

/**
 * The rules that captions are to keep to.
 *
 * @throws OptionError where something of it cannot be used
 */
export const captionRules = (
  options: LookOptions,
): CaptionProfileName | Partial<CaptionProfile> => {
  const { profile = {}, ...limits } = captionLook(options)
  const rules = typeof profile === 'string' ? captionProfiles[profile] : profile
  return { ...rules, ...limits }
}
