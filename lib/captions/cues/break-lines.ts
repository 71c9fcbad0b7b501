import type { BreakKind } from './break-kind.ts'
import { joinTokens, spaceBefore, type Token } from './tokens.ts'

/** Costs of ending a line; an empty line of two costs 100. */
const costs: Record<BreakKind, number> = {
  sentence: 0,
  clause: 12,
  before: 30,
  plain: 50,
  avoid: 120,
  never: 1000,
}
const topHeavy = 5

/** Returns the least number of lines for tokens. */
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
 * Breaks the text of one cue into as few lines as possible, at the least cost:
 * that of each break by its kind, plus each line's distance from their mean
 * width. Punctuation wins over balance unless a line would be nearly empty;
 * balance decides the rest, with the longer line below.
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
        if (line < count) cost += costs[tokens[j - 1]!.after]
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
