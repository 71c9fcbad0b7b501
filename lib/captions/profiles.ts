import { OptionError } from '../core/errors.ts'
import {
  checkInteger,
  checkNumber,
  checkOneOf,
  given,
} from '../core/options.ts'

/**
 * How speakers are shown, if known: `names` (`Ann: Yes.`), `arrows` (`>> Yes.`)
 * or `dashes` (`- Yes.`) where the speaker changes; `colors` (white, yellow,
 * cyan, green, in order of speaking), or `none`.
 */
export type SpeakerStyle = 'none' | 'names' | 'arrows' | 'dashes' | 'colors'

export const speakerStyles: readonly SpeakerStyle[] = [
  'none',
  'names',
  'arrows',
  'dashes',
  'colors',
]

/** Rules for the size, times and appearance of captions. */
export type CaptionProfile = {
  /**
   * `pop-on` shows whole captions, made of finals. `roll-up` adds words as they
   * come, below earlier ones, made of deltas.
   */
  readonly mode: 'pop-on' | 'roll-up'
  /** Maximum columns of a line; a wide character (CJK, emoji) takes two. */
  readonly maxLineWidth: number
  /** Maximum lines of a cue. */
  readonly maxLineCount: number
  /** Shortest cue in ms. */
  readonly minDurationMs: number
  /** Longest cue in ms. */
  readonly maxDurationMs: number
  /** Maximum characters per second, including spaces. */
  readonly maxCharsPerSecond?: number
  /** Maximum words per minute. */
  readonly maxWordsPerMinute?: number
  /** Shortest gap between cues in ms; 0 if they may touch. */
  readonly minGapMs: number
  /** Shorter gaps (ms) become the shortest one; 0 keeps gaps. */
  readonly chainGapMs: number
  /** How long a cue may stay after its last word, in ms. */
  readonly maxHoldMs: number
  /** How speakers are shown. */
  readonly speakers: SpeakerStyle
  /**
   * Rules for languages, by code such as `ko`; `other` applies to all others.
   */
  readonly languages?: Readonly<Record<string, LanguageRules>>
}

/** Limits of a profile that a language replaces. */
export type LanguageRules = {
  /** Maximum columns of a line; a wide character (CJK, emoji) takes two. */
  readonly maxLineWidth?: number
  /** Shortest cue, in ms. */
  readonly minDurationMs?: number
  /** Maximum characters per second, including spaces. */
  readonly maxCharsPerSecond?: number
}

/** Two frames at 24 frames per second. */
const twoFramesMs = 84

/** Name of a profile. */
export type CaptionProfileName =
  'netflix' | 'bbc' | 'fcc-608' | 'dcmp' | 'vertical' | 'live'

/** Profiles by name. */
export const captionProfiles: Readonly<
  Record<CaptionProfileName, CaptionProfile>
> = {
  netflix: {
    mode: 'pop-on',
    maxLineWidth: 42,
    maxLineCount: 2,
    minDurationMs: 834,
    maxDurationMs: 7000,
    maxCharsPerSecond: 20,
    minGapMs: twoFramesMs,
    chainGapMs: 500,
    maxHoldMs: 500,
    speakers: 'dashes',
    languages: {
      en: {},
      ar: {},
      hi: { maxCharsPerSecond: 22 },
      ja: { maxLineWidth: 26, maxCharsPerSecond: 4, minDurationMs: 500 },
      ko: { maxLineWidth: 32, maxCharsPerSecond: 12 },
      zh: { maxLineWidth: 32, maxCharsPerSecond: 9 },
      th: { maxLineWidth: 35, maxCharsPerSecond: 17 },
      other: { maxCharsPerSecond: 17 },
    },
  },
  bbc: {
    mode: 'pop-on',
    maxLineWidth: 37,
    maxLineCount: 2,
    minDurationMs: 1200,
    maxDurationMs: 7000,
    maxWordsPerMinute: 180,
    minGapMs: 0,
    chainGapMs: 1000,
    maxHoldMs: 1500,
    speakers: 'colors',
  },
  'fcc-608': {
    mode: 'roll-up',
    maxLineWidth: 32,
    maxLineCount: 3,
    minDurationMs: 0,
    maxDurationMs: Infinity,
    minGapMs: 0,
    chainGapMs: 0,
    maxHoldMs: 4000,
    speakers: 'arrows',
  },
  dcmp: {
    mode: 'pop-on',
    maxLineWidth: 32,
    maxLineCount: 2,
    minDurationMs: 2000,
    maxDurationMs: 6000,
    maxWordsPerMinute: 160,
    minGapMs: 0,
    chainGapMs: 500,
    maxHoldMs: 2000,
    speakers: 'names',
  },
  vertical: {
    mode: 'pop-on',
    maxLineWidth: 25,
    maxLineCount: 3,
    minDurationMs: 834,
    maxDurationMs: 7000,
    maxCharsPerSecond: 20,
    minGapMs: 0,
    chainGapMs: 500,
    maxHoldMs: 500,
    speakers: 'colors',
  },
  live: {
    mode: 'roll-up',
    maxLineWidth: 37,
    maxLineCount: 2,
    minDurationMs: 0,
    maxDurationMs: Infinity,
    minGapMs: 0,
    chainGapMs: 0,
    maxHoldMs: 4000,
    speakers: 'arrows',
  },
}

/**
 * Rules without a profile: sizes and durations of `netflix`, no reading speed,
 * and every cue is complete with its final.
 */
export const defaultProfile: CaptionProfile = {
  mode: 'pop-on',
  maxLineWidth: 42,
  maxLineCount: 2,
  minDurationMs: 833,
  maxDurationMs: 7000,
  minGapMs: 0,
  chainGapMs: 0,
  maxHoldMs: 0,
  speakers: 'names',
}

const inLanguage = new WeakMap<CaptionProfile, Map<string, CaptionProfile>>()

/** Returns the rules of a profile for a language such as `en` or `en-GB`. */
export const rulesFor = (
  profile: CaptionProfile,
  language: string | undefined,
): CaptionProfile => {
  if (!profile.languages || language === undefined) return profile
  const code = language.toLowerCase().split('-')[0]!
  let known = inLanguage.get(profile)
  if (!known) inLanguage.set(profile, (known = new Map()))
  let rules = known.get(code)
  if (!rules) {
    const { languages } = profile
    const own = Object.hasOwn(languages, code)
      ? languages[code]
      : languages.other
    known.set(code, (rules = { ...profile, ...own }))
  }
  return rules
}

type Check = (name: string, value: unknown) => void

const time: Check = (name, value) =>
  value === Infinity || checkNumber(name, value, 0)
const speed: Check = (name, value) =>
  value === undefined || checkNumber(name, value, 0.1)

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
  speakers: (name, value) => checkOneOf(name, value, speakerStyles),
  languages: checkLanguages,
}

const checkRules = (rules: object, within = ''): void => {
  for (const [name, value] of Object.entries(rules)) {
    if (!Object.hasOwn(checks, name))
      throw new OptionError('profile', `has no rule '${within}${name}'`)
    checks[name as keyof CaptionProfile](within + name, value)
  }
}

const profileNamed = (profile: unknown): Partial<CaptionProfile> => {
  if (profile === undefined) return {}
  if (typeof profile === 'object' && profile !== null) return profile
  checkOneOf('profile', profile, Object.keys(captionProfiles))
  return captionProfiles[profile as CaptionProfileName]
}

/**
 * Completes a profile: limits precede the given profile, which precedes the
 * default one.
 * @throws OptionError if a rule is invalid
 */
export const resolveProfile = (
  profile: CaptionProfileName | Partial<CaptionProfile> | undefined,
  limits: { readonly [K in keyof CaptionProfile]?: unknown } = {},
): CaptionProfile => {
  const overrides = given<object>(limits) as Partial<CaptionProfile>
  const whole = {
    ...defaultProfile,
    ...given<object>(profileNamed(profile)),
    ...overrides,
  } as CaptionProfile
  checkRules(whole)
  if (whole.minDurationMs > whole.maxDurationMs)
    throw new OptionError('minDurationMs', 'must not pass maxDurationMs')
  if (!whole.languages) return whole
  // Limits apply to every language.
  const languages = Object.fromEntries(
    Object.entries(whole.languages).map(([code, rules]) => [
      code,
      { ...rules, ...overrides },
    ]),
  )
  return { ...whole, languages }
}

/**
 * Whether captions are for a vertical picture (9:16), for formats with a
 * layout: those of three short lines, as in the BBC's guide.
 */
export const isVertical = ({
  maxLineWidth,
  maxLineCount,
}: CaptionProfile): boolean => maxLineWidth <= 25 && maxLineCount >= 3
