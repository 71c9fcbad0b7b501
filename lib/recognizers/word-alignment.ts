/** What two spellings of a word have in common: letters and digits only. */
export const normalizedWord = (word: string): string =>
  word
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, '')

/**
 * How many words of `heard` are what `shown` says: the beginning of `heard`
 * that differs from it in the fewest words. Of beginnings that differ alike,
 * the one nearest in length.
 */
export const alignPrefix = (
  shown: readonly string[],
  heard: readonly string[],
): number => {
  let costs = Array.from({ length: heard.length + 1 }, (_, j) => j)
  for (const [i, word] of shown.entries()) {
    const above = costs
    costs = [i + 1]
    for (let j = 1; j <= heard.length; j++)
      costs.push(
        Math.min(
          above[j]! + 1,
          costs[j - 1]! + 1,
          above[j - 1]! + (word === heard[j - 1] ? 0 : 1),
        ),
      )
  }
  let best = 0
  for (const [j, cost] of costs.entries()) {
    const less = cost - costs[best]!
    const nearer = Math.abs(j - shown.length) < Math.abs(best - shown.length)
    if (less < 0 || (less === 0 && nearer)) best = j
  }
  return best
}

/**
 * Which words of one list are which of another, in order: a longest common
 * subsequence.
 *
 * @returns for each word of `to`, the index of its like in `from`, or -1
 */
export const alignWords = (
  from: readonly string[],
  to: readonly string[],
): number[] => {
  const width = to.length + 1
  const lengths = new Uint16Array((from.length + 1) * width)
  for (let i = from.length - 1; i >= 0; i--)
    for (let j = to.length - 1; j >= 0; j--)
      lengths[i * width + j] =
        from[i] === to[j]
          ? lengths[(i + 1) * width + j + 1]! + 1
          : Math.max(lengths[(i + 1) * width + j]!, lengths[i * width + j + 1]!)
  const like = to.map(() => -1)
  for (let i = 0, j = 0; i < from.length && j < to.length;)
    if (from[i] === to[j]) like[j++] = i++
    else if (lengths[(i + 1) * width + j]! >= lengths[i * width + j + 1]!) i++
    else j++
  return like
}
