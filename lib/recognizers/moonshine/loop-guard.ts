const MAX_PERIOD = 24

/**
 * Where a decoder that goes round in circles began its second round, or -1.
 * A tail that repeats a run of p tokens 4 times over (8 times for a single
 * token: people do say "no, no, no") is taken for a loop; real speech at
 * that rate of repetition was not seen in the clips.
 *
 * @param tokens what was decoded so far
 * @returns how many tokens to keep: all before the second round of the loop
 */
export const findLoop = (tokens: readonly number[]): number => {
  const n = tokens.length
  for (let period = 1; period <= MAX_PERIOD; period++) {
    const rounds = period === 1 ? 8 : 4
    const length = period * rounds
    if (length > n) break
    let same = true
    for (let i = n - length; same && i < n - period; i++)
      same = tokens[i] === tokens[i + period]
    if (same) return n - length + period
  }
  return -1
}
