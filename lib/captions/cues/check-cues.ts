import { breakKind } from './break-kind.ts'
import { breakLines } from './split-cues.ts'
import type { Cue, CueRule } from './cue.ts'
import { widthOf, sizeOf } from './caption-text.ts'
import {
  rulesFor,
  type CaptionProfile,
  type CaptionProfileName,
  resolveProfile,
} from '../profiles.ts'
import { isUnspaced, tokensOf } from './tokens.ts'

/** A violation of a rule. */
export type CueFinding = {
  /** Number of the cue, from 1. */
  readonly index: number
  /** Start of the cue, in ms. */
  readonly start: number
  /** End of the cue, in ms. */
  readonly end: number
  /** The violated limit. */
  readonly rule: CueRule
  /** The actual value: columns, lines, ms, or a speed. */
  readonly found: number
  /** The maximum or minimum of that value. */
  readonly limit: number
  /** Description of the violation. */
  readonly message: string
}

/** Options of {@link checkCues}. */
export type CueCheckOptions = {
  /**
   * Language of the cues, such as `ko`, for profiles with rules for some
   * languages.
   */
  readonly language?: string
}

type Violation = Pick<CueFinding, 'rule' | 'found' | 'limit' | 'message'>

const rounded = (value: number): number => Math.round(value * 10) / 10

const above = (
  rule: CueRule,
  found: number,
  limit: number | undefined,
  what: string,
): Violation[] =>
  limit === undefined || found <= limit
    ? []
    : [
        {
          rule,
          found: rounded(found),
          limit,
          message: `${rounded(found)} ${what}, at most ${limit}`,
        },
      ]

const sizes = ({ lines }: Cue, profile: CaptionProfile): Violation[] => {
  const width = Math.max(0, ...lines.map(widthOf))
  const { maxLineWidth, maxLineCount } = profile
  return [
    ...above('line-width', width, maxLineWidth, 'columns in a line'),
    ...above('line-count', lines.length, maxLineCount, 'lines'),
  ]
}

const wordsOf = (text: string): string[] =>
  text.split(' ').filter(word => word !== '')

const weakBreaks = (lines: readonly string[]): number =>
  lines.slice(1).filter((next, i) => {
    const last = wordsOf(lines[i]!).at(-1) ?? ''
    return breakKind(last, wordsOf(next)[0] ?? '') === 'never'
  }).length

const lineBreaks = ({ lines }: Cue, profile: CaptionProfile): Violation[] => {
  const found = weakBreaks(lines)
  // Without spaces, the words in a line are unknown.
  if (found === 0 || lines.some(isUnspaced)) return []
  const { maxLineWidth, maxLineCount } = profile
  const best = breakLines(tokensOf(lines.join(' '), maxLineWidth), maxLineWidth)
  const limit = weakBreaks(best)
  if (best.length > maxLineCount || limit >= found) return []
  const message = `a line ends on an article, preposition or the like: '${best.join(' / ')}' does not`
  return [{ rule: 'line-break', found, limit, message }]
}

/** Speeds have a tolerance of 1 ms, since times are whole ms. */
const speeds = (
  { start, end, lines }: Cue,
  profile: CaptionProfile,
): Violation[] => {
  const { length, words } = sizeOf(lines)
  const seconds = (end - start + 1) / 1000
  const { maxCharsPerSecond, maxWordsPerMinute } = profile
  return [
    ...above(
      'reading-speed',
      length / seconds,
      maxCharsPerSecond,
      'characters a second',
    ),
    ...above(
      'reading-speed',
      (words / seconds) * 60,
      maxWordsPerMinute,
      'words a minute',
    ),
  ]
}

const durations = (
  { start, end }: Cue,
  profile: CaptionProfile,
): Violation[] => {
  const found = end - start
  const { minDurationMs: limit, maxDurationMs } = profile
  if (found >= limit)
    return above('max-duration', found, maxDurationMs, 'ms long')
  const message = `${found} ms long, at least ${limit}`
  return [{ rule: 'min-duration', found, limit, message }]
}

const gaps = (cue: Cue, before: Cue, profile: CaptionProfile): Violation[] => {
  const found = cue.start - before.end
  const { minGapMs, chainGapMs } = profile
  if (found < 0) {
    const message = `begins ${-found} ms before the one before it ends`
    return [{ rule: 'overlap', found, limit: 0, message }]
  }
  if (found < minGapMs) {
    const message = `${found} ms behind the one before it, at least ${minGapMs}`
    return [{ rule: 'gap', found, limit: minGapMs, message }]
  }
  if (found === minGapMs || found >= chainGapMs) return []
  const message = `${found} ms behind the one before it: ${minGapMs}, or at least ${chainGapMs}`
  return [{ rule: 'gap', found, limit: chainGapMs, message }]
}

/**
 * Finds violations of a profile, cue by cue. A roll-up profile only limits
 * sizes, since its cues are states of one screen.
 */
export class CueChecker {
  readonly #rules: CaptionProfile
  readonly #previous = new Map<number | undefined, Cue>()
  #index = 0

  /**
   * @param profile a name, or your own rules
   * @throws OptionError if the profile is invalid
   */
  constructor(
    profile: CaptionProfileName | Partial<CaptionProfile>,
    { language }: CueCheckOptions = {},
  ) {
    this.#rules = rulesFor(resolveProfile(profile), language)
  }

  /** Returns the violations of the next cue. */
  next(cue: Cue): CueFinding[] {
    const rules = this.#rules
    const before = this.#previous.get(cue.channel)
    this.#previous.set(cue.channel, cue)
    const { start, end } = cue
    const index = ++this.#index
    const breaches = sizes(cue, rules)
    if (rules.mode === 'pop-on')
      breaches.push(
        ...lineBreaks(cue, rules),
        ...durations(cue, rules),
        ...speeds(cue, rules),
        ...(before ? gaps(cue, before, rules) : []),
      )
    return breaches.map(breach => ({ index, start, end, ...breach }))
  }
}

/**
 * Returns all violations of a profile.
 * @param profile a name, or your own rules
 * @throws OptionError if the profile is invalid
 */
export const checkCues = (
  cues: Iterable<Cue>,
  profile: CaptionProfileName | Partial<CaptionProfile>,
  options: CueCheckOptions = {},
): CueFinding[] => {
  const checker = new CueChecker(profile, options)
  return [...cues].flatMap(cue => checker.next(cue))
}
