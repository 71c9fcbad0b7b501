import { OptionError } from '../core/errors.ts'
import { checkInteger, checkNumber, checkOneOf } from '../core/options.ts'
import {
  captionProfiles,
  plainProfile,
  speakerLooks,
  type CaptionProfile,
  type CaptionProfileName,
} from './profiles.ts'

type Check = (name: string, value: unknown) => void

const time: Check = (name, value) =>
  value === Infinity || checkNumber(name, value, 0)
const speed: Check = (name, value) =>
  value === undefined || checkNumber(name, value, 0.1)

/** Rules of a language are checked as those of the profile are. */
const checkLanguages: Check = (name, value) => {
  if (value === undefined) return
  if (typeof value !== 'object' || value === null)
    throw new OptionError(name, 'must be an object of rules by language')
  for (const [code, rules] of Object.entries(value))
    checkRules(rules as object, `${name}.${code}.`)
}

const checks: Record<keyof CaptionProfile, Check> = {
  mode: (name, value) => checkOneOf(name, value, ['pop-on', 'roll-up']),
  maxLineWidth: (name, value) => checkInteger(name, value, 1, 1000),
  maxLineCount: (name, value) => checkInteger(name, value, 1, 10),
  minDurationMs: time,
  maxDurationMs: time,
  maxCharsPerSecond: speed,
  maxWordsPerMinute: speed,
  minGapMs: time,
  chainGapMs: time,
  maxHoldMs: time,
  speakers: (name, value) => checkOneOf(name, value, speakerLooks),
  languages: checkLanguages,
}

const checkRules = (rules: object, within = ''): void => {
  for (const [name, value] of Object.entries(rules)) {
    if (!Object.hasOwn(checks, name))
      throw new OptionError('profile', `has no rule '${within}${name}'`)
    checks[name as keyof CaptionProfile](within + name, value)
  }
}

const named = (profile: unknown): Partial<CaptionProfile> => {
  if (profile === undefined) return {}
  if (typeof profile === 'object' && profile !== null) return profile
  checkOneOf('profile', profile, Object.keys(captionProfiles))
  return captionProfiles[profile as CaptionProfileName]
}

/** What was given of some options. */
const given = <T extends object>(options: T): Partial<T> =>
  Object.fromEntries(
    Object.entries(options).filter(([, value]) => value !== undefined),
  ) as Partial<T>

/**
 * A profile whole: what was given, over what was named, over the plain one, or
 * `live` where it rolls up.
 *
 * @throws OptionError if something of it cannot be used.
 */
export const resolveProfile = (
  profile: CaptionProfileName | Partial<CaptionProfile> | undefined,
  over: { readonly [K in keyof CaptionProfile]?: unknown } = {},
): CaptionProfile => {
  const asked = given(over) as Partial<CaptionProfile>
  const whole = {
    ...plainProfile,
    ...given(named(profile)),
    ...asked,
  } as CaptionProfile
  checkRules(whole)
  if (whole.minDurationMs > whole.maxDurationMs)
    throw new OptionError('minDurationMs', 'must not pass maxDurationMs')
  if (!whole.languages) return whole
  // What is asked for beside the profile holds in every language.
  const languages = Object.fromEntries(
    Object.entries(whole.languages).map(([code, rules]) => [
      code,
      { ...rules, ...asked },
    ]),
  )
  return { ...whole, languages }
}
