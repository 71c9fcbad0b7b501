/** Errors by kind, against so many words of the reference. */
export type ErrorCounts = {
  readonly substitutions: number
  readonly insertions: number
  readonly deletions: number
  /** All of them together. */
  readonly errors: number
  /** Words of the reference. */
  readonly words: number
}

/** {@link alignWords}' answer. */
export type WordAlignment = ErrorCounts & {
  /**
   * For each word of the reference, the index of the word that stands in its
   * place; -1 where none does.
   */
  readonly heardAt: readonly number[]
}

/**
 * Aligns what was heard with a reference by the Levenshtein distance of
 * words. Of all alignments with the fewest errors it takes one with the most
 * equal words, so that what was heard right keeps its place beside a mistake;
 * of those the one in which words are missing late, as in live text they are.
 *
 * @param reference words, normalised
 * @param heard words, normalised the same
 */
export const alignWords = (
  reference: readonly string[],
  heard: readonly string[],
): WordAlignment => {
  const [rows, columns] = [reference.length, heard.length]
  // An error weighs more than all equal words together.
  const error = Math.max(rows, columns) + 1
  const pairCost = (i: number, j: number): number =>
    reference[i] === heard[j] ? -1 : error
  /** Costs of what follows word i of the reference and j of what was heard. */
  const costs = new Float64Array((rows + 1) * (columns + 1))
  const at = (i: number, j: number): number => i * (columns + 1) + j
  for (let i = rows; i >= 0; i--)
    for (let j = columns; j >= 0; j--) {
      if (i === rows) costs[at(i, j)] = (columns - j) * error
      else if (j === columns) costs[at(i, j)] = (rows - i) * error
      else
        costs[at(i, j)] = Math.min(
          costs[at(i + 1, j + 1)]! + pairCost(i, j),
          costs[at(i + 1, j)]! + error,
          costs[at(i, j + 1)]! + error,
        )
    }
  const heardAt = reference.map(() => -1)
  const counts = { substitutions: 0, insertions: 0, deletions: 0 }
  for (let [i, j] = [0, 0]; i < rows || j < columns;) {
    const here = costs[at(i, j)]!
    const both = i < rows && j < columns
    if (both && here === costs[at(i + 1, j + 1)]! + pairCost(i, j)) {
      if (reference[i] !== heard[j]) counts.substitutions++
      heardAt[i++] = j++
    } else if (j < columns && here === costs[at(i, j + 1)]! + error) {
      counts.insertions++
      j++
    } else {
      counts.deletions++
      i++
    }
  }
  const { substitutions, insertions, deletions } = counts
  const errors = substitutions + insertions + deletions
  return { ...counts, errors, words: rows, heardAt }
}

/** Counts of several alignments together. */
export const sumErrors = (all: readonly ErrorCounts[]): ErrorCounts => {
  const sum = (of: (counts: ErrorCounts) => number): number =>
    all.reduce((total, counts) => total + of(counts), 0)
  return {
    substitutions: sum(counts => counts.substitutions),
    insertions: sum(counts => counts.insertions),
    deletions: sum(counts => counts.deletions),
    errors: sum(counts => counts.errors),
    words: sum(counts => counts.words),
  }
}
