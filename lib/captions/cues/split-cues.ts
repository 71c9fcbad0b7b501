import type { CaptionProfile } from '../profiles.ts'
import type { BreakKind } from './break-kind.ts'
import {
  joinTokens,
  spaceBefore,
  type Token,
  type TimedToken,
} from './tokens.ts'

/** Costs of ending a line; an empty line of two costs 100. */
const lineBreakCosts: Record<BreakKind, number> = {
  sentence: 0,
  clause: 12,
  before: 30,
  plain: 50,
  avoid: 120,
  never: 1000,
}
const topHeavy = 5

export const lineCountOf = (
  tokens: readonly Token[],
  maxWidth: number,
): number => {
  let lines = 0
  let width = Infinity
  for (const token of tokens) {
    width += spaceBefore(token) + token.width
    if (width <= maxWidth) continue
    lines++
    width = token.width
  }
  return lines
}

/**
 * Breaks the text of a cue into as few lines as possible, at the least total
 * cost of breaks and of distances from the mean width. Punctuation wins over
 * balance unless a line would be nearly empty; the longer line is below.
 */
export const breakLines = (
  tokens: readonly Token[],
  maxWidth: number,
): string[] => {
  const count = lineCountOf(tokens, maxWidth)
  const ends = [0] // width of the first tokens, with the spaces before them
  for (const token of tokens)
    ends.push(ends.at(-1)! + spaceBefore(token) + token.width)
  const mean = Math.max(1, ends.at(-1)! / count - 1)

  // best[j]: least cost of the first j tokens in the previous lines
  let best = ends.map((_, j) => (j === 0 ? 0 : Infinity))
  const froms: number[][] = []
  for (let line = 1; line <= count; line++) {
    const next = ends.map(() => Infinity)
    const from = ends.map(() => 0)
    for (let i = 0; i < tokens.length; i++) {
      if (best[i] === Infinity) continue
      const space = spaceBefore(tokens[i]!)
      for (let j = i + 1; j <= tokens.length; j++) {
        const width = ends[j]! - ends[i]! - space
        if (width > maxWidth && j > i + 1) break
        const off = (width - mean) / mean
        let cost = best[i]! + 50 * off * off
        if (line < count) cost += lineBreakCosts[tokens[j - 1]!.after]
        if (line < count && off > 0) cost += topHeavy
        if (cost >= next[j]!) continue
        next[j] = cost
        from[j] = i
      }
    }
    best = next
    froms.push(from)
  }

  const lines: string[] = []
  let end = tokens.length
  for (const from of froms.toReversed()) {
    const start = from[end]!
    lines.unshift(joinTokens(tokens.slice(start, end)))
    end = start
  }
  return lines
}

const cueBreakCosts: Record<BreakKind, number> = {
  sentence: 0,
  clause: 20,
  before: 45,
  plain: 75,
  avoid: 150,
  never: 1000,
}
const perCue = 45
/** Additional cost of a full cue; quadratic, so that cues are even. */
const fullness = 40
const innerSentence = 60
const tooShort = 100
const tooFast = 200
/** Additional cost of a cue that has half the time it needs. */
const twiceTooFast = 400
const innerPause = 90
/** Shortest pause in ms; it ends a cue like the end of a sentence. */
export const pauseMs = 500
/** Weight of line breaks relative to breaks between cues. */
const lineShare = 0.5

/** Tokens from `from` to before `to` form a cue. */
type CueRange = { readonly from: number; readonly to: number }

/**
 * Returns the least cost of a line break at or after each end of the first
 * line: `out[m]` is the least over m, m + 1, ….
 */
const firstLineCosts = (
  tokens: readonly Token[],
  from: number,
  maxWidth: number,
): number[] => {
  const out: number[] = []
  let width = 0
  for (let m = from; m < tokens.length; m++) {
    width += (m > from ? spaceBefore(tokens[m]!) : 0) + tokens[m]!.width
    if (width > maxWidth && m > from) break
    out.push(cueBreakCosts[tokens[m]!.after])
  }
  for (let k = out.length - 2; k >= 0; k--)
    out[k] = Math.min(out[k]!, out[k + 1]!)
  return out
}

/** Longest speech in a cue in ms, leaving time after it. */
const longestSpoken = ({ maxDurationMs, chainGapMs }: CaptionProfile): number =>
  Math.max(maxDurationMs - chainGapMs, maxDurationMs / 2)

/**
 * Divides tokens into cues that fit the profile, at the least total cost: few
 * cues that end with sentences and clauses, can be read in their time, and are
 * of even length without punctuation. Dynamic programming in linear time. Only
 * a single token may exceed the limits; a cue may be too short if the words
 * leave no better choice.
 */
export const splitCues = (
  tokens: readonly TimedToken[],
  profile: CaptionProfile,
): CueRange[] => {
  const { maxLineWidth, maxLineCount, minDurationMs } = profile
  const { minGapMs, maxHoldMs } = profile
  const { maxCharsPerSecond = Infinity, maxWordsPerMinute = Infinity } = profile
  const [charMs, wordMs] = [
    1000 / maxCharsPerSecond,
    60_000 / maxWordsPerMinute,
  ]
  const room = maxLineWidth * maxLineCount
  const longest = longestSpoken(profile)
  const n = tokens.length
  const best = new Float64Array(n + 1).fill(Infinity)
  const froms = new Int32Array(n + 1)
  best[0] = 0
  const pauses = tokens.map(
    ({ after, end }, i) =>
      after !== 'never' && (tokens[i + 1]?.start ?? end) - end >= pauseMs,
  )
  const breaks = tokens.map(({ after }, i) =>
    pauses[i] ? cueBreakCosts.sentence : cueBreakCosts[after],
  )
  // Latest end of a cue that ends with each token.
  const lasts = tokens.map(({ end }, i) => {
    const next = tokens[i + 1]
    if (!next) return end + maxHoldMs
    const held = maxHoldMs > 0 ? end + maxHoldMs : Infinity
    return Math.min(next.start - minGapMs, held)
  })

  for (let from = 0; from < n; from++) {
    const firstLine = firstLineCosts(tokens, from, maxLineWidth)
    const { start } = tokens[from]!
    let lines = 1
    let lineWidth = 0
    let width = 0
    let length = 0
    let words = 0
    let inner = 0 // cost of ends of sentences and pauses inside
    let second = from // first token that the second line can begin with
    let secondWidth = 0 // width of the tokens from `second` on
    for (let to = from + 1; to <= n; to++) {
      const token = tokens[to - 1]!
      const space = to > from + 1 ? spaceBefore(token) : 0
      width += space + token.width
      lineWidth += space + token.width
      secondWidth += space + token.width
      length += space + token.length
      if (!token.attached || words === 0) words++
      if (lineWidth > maxLineWidth && to > from + 1) {
        lines++
        lineWidth = token.width
      }
      if (lines > maxLineCount) break
      if (token.end - start > longest && to > from + 1) break
      while (secondWidth > maxLineWidth && second < to - 1)
        secondWidth -= tokens[second++]!.width + spaceBefore(tokens[second]!)

      const fill = width / room
      let cost = best[from]! + perCue + fullness * fill * fill + inner
      if (to < n) cost += breaks[to - 1]!
      // breakLines() also weighs balance
      if (lines === 2)
        cost +=
          lineShare * (firstLine[Math.max(second, from + 1) - 1 - from] ?? 0)
      const shown = lasts[to - 1]! - start
      if (shown < minDurationMs) cost += tooShort
      const needed = Math.max(length * charMs, words * wordMs)
      if (shown < needed)
        cost +=
          tooFast + twiceTooFast * Math.min(1, needed / Math.max(shown, 1) - 1)
      if (cost < best[to]!) {
        best[to] = cost
        froms[to] = from
      }
      if (pauses[to - 1]) inner += innerPause
      else if (token.after === 'sentence') inner += innerSentence
    }
  }

  const ranges: CueRange[] = []
  for (let to = n; to > 0; to = froms[to]!)
    ranges.push({ from: froms[to]!, to })
  return ranges.toReversed()
}
