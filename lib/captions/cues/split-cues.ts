import type { BreakKind } from './break-kind.ts'
import type { CaptionProfile } from '../profiles.ts'
import type { TimedToken } from './token-times.ts'
import { spaceBefore, type Token } from './tokens.ts'

/** What ending a cue there costs. */
const costs: Record<BreakKind, number> = {
  sentence: 0,
  clause: 20,
  before: 45,
  plain: 75,
  avoid: 150,
  never: 1000,
}
/** What any cue costs, so that there are few. */
const perCue = 45
/** What a full cue costs beyond an empty one; squared, it makes them even. */
const fullness = 40
/** What a sentence's end inside a cue costs. */
const innerSentence = 60
/** What a cue shorter than the shortest costs. */
const tooShort = 100
/** What a cue costs that cannot be read in the time it has. */
const tooFast = 200
/** What it costs beside, where it needs twice that time. */
const twiceTooFast = 400
/** What a pause inside a cue costs. */
const innerPause = 90
/** A silence this long (ms) is one, and ends a cue like a sentence's end. */
export const pauseMs = 500
/** How much a break between lines counts beside one between cues. */
const lineShare = 0.5

/** Tokens `from` to `to` (exclusive) make a cue. */
export type CueRange = { readonly from: number; readonly to: number }

/**
 * The cheapest line break for each end of the first line from `from` on, taking
 * in all later ends that still fit: `out[m]` is the least over m, m + 1, ….
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
    out.push(costs[tokens[m]!.after])
  }
  for (let k = out.length - 2; k >= 0; k--)
    out[k] = Math.min(out[k]!, out[k + 1]!)
  return out
}

/** How long (ms) a cue's spoken words may take, so that its end has room. */
const longestSpoken = ({ maxDurationMs, chainGapMs }: CaptionProfile): number =>
  Math.max(maxDurationMs - chainGapMs, maxDurationMs / 2)

/**
 * Divides tokens into cues that each fit the profile, at the least total cost:
 * few cues, ended at sentences and clauses rather than within them, long enough
 * to be read, and of even length where there is no punctuation to go by. A
 * dynamic programme over the tokens, linear in their number.
 *
 * A cue is never longer than the longest unless it is one token; it may be
 * shorter than the shortest where the words leave no better choice.
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
    pauses[i] ? costs.sentence : costs[after],
  )
  // Till when a cue that ends there can be shown: till what follows begins, but
  // only so far behind its last word.
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
    let inner = 0 // what ends of sentences and pauses inside cost
    let second = from // first token that the second line can begin with
    let secondWidth = 0 // width of the tokens from `second` on
    for (let to = from + 1; to <= n; to++) {
      const token = tokens[to - 1]!
      const space = to > from + 1 ? spaceBefore(token) : 0
      width += space + token.width
      lineWidth += space + token.width
      secondWidth += space + token.width
      length += space + token.length
      if (!token.glued || words === 0) words++
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
      // the programme's own layout weighs balance too; here the kind will do
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
