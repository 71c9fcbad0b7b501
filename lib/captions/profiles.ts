import { OptionError } from '../core/errors.ts'
import {
  checkInteger,
  checkNumber,
  checkOneOf,
  given,
} from '../core/options.ts'

/** Every look of speakers. */
export const speakerLooks = [
  'none',
  'names',
  'arrows',
  'dashes',
  'colors',
] as const

/**
 * How it is shown who speaks, where that is known: `names` (`Ann: Yes.`),
 * `arrows` (`>> Yes.`), `dashes` (`- Yes.`), each where the speaker changes;
 * `colors` (white, yellow, cyan, green, in the order they speak), or `none`.
 */
export type SpeakerLook = (typeof speakerLooks)[number]

/** What captions must be like: their size, their times, how they appear. */
export type CaptionProfile = {
  /**
   * `pop-on` shows whole captions, made of finals; `roll-up` adds words as they
   * come, below what was said before, made of deltas.
   */
  readonly mode: 'pop-on' | 'roll-up'
  /** Columns of a line: a wide character (CJK, emoji) takes two. */
  readonly maxLineWidth: number
  /** Lines of a cue. */
  readonly maxLineCount: number
  /** Shortest cue in ms. */
  readonly minDurationMs: number
  /** Longest cue in ms. */
  readonly maxDurationMs: number
  /** Most characters in a second, spaces counted. */
  readonly maxCharsPerSecond?: number
  /** Most words in a minute. */
  readonly maxWordsPerMinute?: number
  /** Shortest gap in ms between cues that do not touch; 0: they may touch. */
  readonly minGapMs: number
  /** A gap shorter than this becomes the shortest; 0: gaps stay. */
  readonly chainGapMs: number
  /** How long in ms a cue may stay behind its last word. */
  readonly maxHoldMs: number
  /** How speakers are shown. */
  readonly speakers: SpeakerLook
  /**
   * Rules that differ for a language, by its code such as `ko`; `other` applies
   * to all languages that are not named.
   */
  readonly languages?: Readonly<Record<string, LanguageRules>>
}

/** Rules of a profile that may differ for a language. */
type LanguageRules = {
  readonly maxLineWidth?: number
  readonly minDurationMs?: number
  readonly maxCharsPerSecond?: number
}

/** Two frames at 24 frames per second. */
const twoFramesMs = 84

/** The profiles that have a name. */
export const captionProfiles = {
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
} as const satisfies Record<string, CaptionProfile>

/** Name of a profile. */
export type CaptionProfileName = keyof typeof captionProfiles

/**
 * The rules without a profile: sizes and durations of `netflix`, but no reading
 * speed, and every cue is complete with its final.
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

const profileNamed = (profile: unknown): Partial<CaptionProfile> => {
  if (profile === undefined) return {}
  if (typeof profile === 'object' && profile !== null) return profile
  checkOneOf('profile', profile, Object.keys(captionProfiles))
  return captionProfiles[profile as CaptionProfileName]
}

/**
 * Completes a profile: limits take precedence over the given profile, and that
 * over the default one.
 *
 * @throws OptionError if a rule is invalid.
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
  // Limits hold in every language.
  const languages = Object.fromEntries(
    Object.entries(whole.languages).map(([code, rules]) => [
      code,
      { ...rules, ...overrides },
    ]),
  )
  return { ...whole, languages }
}

/**
 * Returns whether captions are for a vertical picture (9:16), which formats with
 * a layout have to know: those of three short lines, as in the BBC's guide.
 */
export const isVertical = ({
  maxLineWidth,
  maxLineCount,
}: CaptionProfile): boolean => maxLineWidth <= 25 && maxLineCount >= 3
