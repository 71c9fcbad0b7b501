import type { BreakKind } from './break-kind.ts'
import type { CaptionProfile } from './profiles.ts'
import type { TokenTimes } from './token-times.ts'
import type { Token } from './tokens.ts'

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
const innerSentence = 40
/** What a cue shorter than the shortest costs. */
const tooShort = 100
/** What a pause inside a cue costs. */
const innerPause = 90
/** A silence this long (ms) is one, and ends a cue like a sentence's end. */
const pauseMs = 500
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
  let width = -1
  for (let m = from; m < tokens.length; m++) {
    width += 1 + tokens[m]!.width
    if (width > maxWidth) break
    out.push(costs[tokens[m]!.after])
  }
  for (let k = out.length - 2; k >= 0; k--)
    out[k] = Math.min(out[k]!, out[k + 1]!)
  return out
}

/**
 * Divides a turn's tokens into cues that each fit the limits, at the least total
 * cost: few cues, ended at sentences and clauses rather than within them, and
 * of even length where there is no punctuation to go by. A dynamic programme
 * over the tokens, linear in their number.
 *
 * A cue is never longer than the limit unless it is one token; it may be shorter
 * than the shortest where the limits leave no better choice.
 */
export const splitCues = (
  tokens: readonly Token[],
  times: TokenTimes,
  limits: CaptionProfile,
): CueRange[] => {
  const { maxLineWidth, maxLineCount } = limits
  const n = tokens.length
  const best = new Float64Array(n + 1).fill(Infinity)
  const froms = new Int32Array(n + 1)
  best[0] = 0
  const pauses = tokens.map(
    ({ after }, i) =>
      after !== 'never' && times.starts[i + 1]! - times.ends[i]! >= pauseMs,
  )

  for (let from = 0; from < n; from++) {
    const firstLine = firstLineCosts(tokens, from, maxLineWidth)
    const start = times.starts[from]!
    let lines = 1
    let lineWidth = -1
    let width = -1
    let inner = 0 // what ends of sentences and pauses inside cost
    let second = from // first token that the second line can begin with
    let secondWidth = -1 // width of the tokens from `second` on
    for (let to = from + 1; to <= n; to++) {
      const token = tokens[to - 1]!
      width += 1 + token.width
      lineWidth += 1 + token.width
      secondWidth += 1 + token.width
      if (lineWidth > maxLineWidth) {
        lines++
        lineWidth = token.width
      }
      if (lines > maxLineCount) break
      const long = times.ends[to - 1]! - start > limits.maxDurationMs
      if (long && to > from + 1) break
      while (secondWidth > maxLineWidth)
        secondWidth -= tokens[second++]!.width + 1

      const fill = width / (maxLineWidth * maxLineCount)
      let cost = best[from]! + perCue + fullness * fill * fill
      cost += inner
      const pause = pauses[to - 1]!
      if (to < n) cost += pause ? costs.sentence : costs[token.after]
      // the programme's own layout weighs balance too; here the kind will do
      if (lines === 2) cost += lineShare * firstLine[second - 1 - from]!
      const end = to < n ? times.starts[to]! : times.ends[n - 1]!
      if (end - start < limits.minDurationMs) cost += tooShort
      if (cost < best[to]!) {
        best[to] = cost
        froms[to] = from
      }
      if (pause) inner += innerPause
      else if (token.after === 'sentence') inner += innerSentence
    }
  }

  const ranges: CueRange[] = []
  for (let to = n; to > 0; to = froms[to]!)
    ranges.push({ from: froms[to]!, to })
  return ranges.toReversed()
}
