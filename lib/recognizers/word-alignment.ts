/** Returns the letters and digits of a word, in lower case. */
export const normalizedWord = (word: string): string =>
  word
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, '')

/**
 * Returns how many words of a transcript correspond to the words shown: the
 * prefix with the smallest edit distance to them. Among equal ones, it is that
 * which is nearest in length.
 */
export const alignPrefix = (
  shown: readonly string[],
  transcript: readonly string[],
): number => {
  let costs = Array.from({ length: transcript.length + 1 }, (_, j) => j)
  for (const [i, word] of shown.entries()) {
    const above = costs
    costs = [i + 1]
    for (let j = 1; j <= transcript.length; j++)
      costs.push(
        Math.min(
          above[j]! + 1,
          costs[j - 1]! + 1,
          above[j - 1]! + (word === transcript[j - 1] ? 0 : 1),
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
 * Aligns two lists of words by their longest common subsequence.
 *
 * @returns for each word of `to`, the index of the same word in `from`, or -1
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
