/** Result of {@link countNumbers}, as frame numbers; all lists are empty if nothing is wrong. */
export type NumberCount = {
  /** Never transcribed whole. */
  readonly lost: readonly number[]
  /** Transcribed whole again: once per repetition. */
  readonly doubled: readonly number[]
  /** Transcribed for the first time after a later one. */
  readonly outOfOrder: readonly number[]
  /** Words that are not a whole frame of the audio. */
  readonly broken: readonly string[]
}

/**
 * Compares the transcripts of numbered audio with the audio, exactly and without
 * a speech model.
 *
 * @param texts transcripts, in order of arrival
 * @param frames number of frames in the audio
 * @param first index of the first
 */
export const countNumbers = (
  texts: Iterable<string>,
  frames: number,
  first = 0,
): NumberCount => {
  const found = new Set<number>()
  const doubled: number[] = []
  const outOfOrder: number[] = []
  const broken: string[] = []
  let latest = -1
  for (const text of texts)
    for (const word of text.split(/\s+/)) {
      if (word === '') continue
      const index = /^w\d+$/.test(word) ? Number(word.slice(1)) : -1
      if (index < first || index >= first + frames) broken.push(word)
      else if (found.has(index)) doubled.push(index)
      else {
        if (index < latest) outOfOrder.push(index)
        latest = Math.max(latest, index)
        found.add(index)
      }
    }
  const lost: number[] = []
  for (let index = first; index < first + frames; index++)
    if (!found.has(index)) lost.push(index)
  return { lost, doubled, outOfOrder, broken }
}
