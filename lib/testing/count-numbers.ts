/** What {@link countNumbers} found, in numbers of frames; all empty: perfect. */
export type NumberCount = {
  /** Never heard whole. */
  readonly lost: readonly number[]
  /** Heard whole again: once for each time too often. */
  readonly doubled: readonly number[]
  /** Heard for the first time after a later one. */
  readonly outOfOrder: readonly number[]
  /** Words that are no whole frame of those that were said. */
  readonly broken: readonly string[]
}

/**
 * Holds what was heard of numbered audio against what was said: exact, with
 * no speech model in it.
 *
 * @param texts transcripts, in the order in which they came
 * @param frames how many numbered frames were said
 * @param first index of the first
 */
export const countNumbers = (
  texts: Iterable<string>,
  frames: number,
  first = 0,
): NumberCount => {
  const heard = new Set<number>()
  const doubled: number[] = []
  const outOfOrder: number[] = []
  const broken: string[] = []
  let latest = -1
  for (const text of texts)
    for (const word of text.split(/\s+/)) {
      if (word === '') continue
      const index = /^w\d+$/.test(word) ? Number(word.slice(1)) : -1
      if (index < first || index >= first + frames) broken.push(word)
      else if (heard.has(index)) doubled.push(index)
      else {
        if (index < latest) outOfOrder.push(index)
        latest = Math.max(latest, index)
        heard.add(index)
      }
    }
  const lost: number[] = []
  for (let index = first; index < first + frames; index++)
    if (!heard.has(index)) lost.push(index)
  return { lost, doubled, outOfOrder, broken }
}
