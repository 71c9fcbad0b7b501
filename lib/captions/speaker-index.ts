import type { SpeakerTurn } from '../core/speaker-turn.ts'

/** Stretches of one speaker that do not overlap, in order. */
type Talk = {
  readonly speaker: string
  readonly starts: number[]
  readonly ends: number[]
}

/** How somebody's talk lies to a range of time, in ms. */
type Share = {
  readonly speaker: string
  /** How much of the range they speak. */
  readonly overlap: number
  /** How far from it they speak next to it; 0 where they touch it. */
  readonly distance: number
  /** Until when they go on talking. */
  readonly until: number
}

/** Everybody's turns, those of one speaker that meet joined. */
const talksOf = (turns: readonly SpeakerTurn[]): Talk[] => {
  const talks = new Map<string, Talk>()
  for (const turn of turns.toSorted((a, b) => a.start - b.start)) {
    const { speaker, start, end } = turn
    const talk = talks.get(speaker) ?? { speaker, starts: [], ends: [] }
    talks.set(speaker, talk)
    const last = talk.ends.length - 1
    if (last >= 0 && start <= talk.ends[last]!)
      talk.ends[last] = Math.max(talk.ends[last]!, end)
    else {
      talk.starts.push(start)
      talk.ends.push(end)
    }
  }
  return [...talks.values()]
}

/** Index of the first number that is not below a limit. */
const firstFrom = (numbers: readonly number[], limit: number): number => {
  let [low, high] = [0, numbers.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (numbers[middle]! < limit) low = middle + 1
    else high = middle
  }
  return low
}

const shareOf = (
  { speaker, starts, ends }: Talk,
  from: number,
  to: number,
): Share => {
  const first = firstFrom(ends, from)
  let overlap = 0
  let until = -Infinity
  for (let i = first; i < starts.length && starts[i]! <= to; i++) {
    overlap += Math.min(to, ends[i]!) - Math.max(from, starts[i]!)
    until = ends[i]!
  }
  if (until >= from) return { speaker, overlap, distance: 0, until }
  const before = from - (ends[first - 1] ?? -Infinity)
  const after = (starts[first] ?? Infinity) - to
  return {
    speaker,
    overlap,
    distance: Math.min(before, after),
    until: ends[before <= after ? first - 1 : first]!,
  }
}

/** Tells who speaks during a range of time. */
export class SpeakerIndex {
  readonly #talks: readonly Talk[]
  readonly #maxDistance: number

  /** @param maxDistance how far from a turn, in ms, what is said is still its */
  constructor(turns: readonly SpeakerTurn[], maxDistance: number) {
    this.#talks = talksOf(turns)
    this.#maxDistance = maxDistance
  }

  /**
   * Who speaks most of a range; in none of their turns, who speaks nearest to
   * it. Of several who do so alike, who spoke before; else who goes on talking
   * longest.
   *
   * @param before who spoke before
   */
  speakerIn(
    from: number,
    to: number,
    before: string | undefined,
  ): string | undefined {
    let best: Share | undefined
    for (const talk of this.#talks) {
      const share = shareOf(talk, from, to)
      if (share.distance > this.#maxDistance) continue
      if (!best || this.#isBetter(share, best, before)) best = share
    }
    return best?.speaker
  }

  #isBetter(a: Share, b: Share, before: string | undefined): boolean {
    // To the ms, for sums of times are not exact.
    const more = Math.round(a.overlap) - Math.round(b.overlap)
    if (more !== 0) return more > 0
    const nearer = Math.round(b.distance) - Math.round(a.distance)
    if (nearer !== 0) return nearer > 0
    if (b.speaker === before) return false
    return a.speaker === before || a.until > b.until
  }
}
