import { checkNumber } from '../../core/options.ts'
import { type SpeakerTurn, checkTurns } from '../../core/speaker-turn.ts'
import type {
  DeltaEvent,
  FinalEvent,
  TranscriptEvent,
} from '../../core/transcript-event.ts'
import { divideFinal } from './divide-final.ts'

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

/** Options of {@link assignSpeakers}. */
export type AssignSpeakersOptions = {
  /**
   * How far a word may be from the nearest turn and still be said in it, in ms;
   * farther away nobody is known to say it.
   * @default 1000
   */
  readonly maxDistanceMs?: number
}

/** Who spoke last in a channel, and who speaks when. */
type Channel = { readonly index: SpeakerIndex; before: string | undefined }

/** Gives the events of one transcript their speakers, one after the other. */
export class SpeakerLabels {
  readonly #turns: readonly SpeakerTurn[]
  readonly #maxDistance: number
  /** Whether the turns tell channels apart. */
  readonly #byChannel: boolean
  readonly #channels = new Map<number | undefined, Channel>()
  /** Deltas of turns that have no final yet. */
  readonly #deltas = new Map<string, DeltaEvent[]>()

  /** @throws OptionError */
  constructor(
    turns: readonly SpeakerTurn[],
    { maxDistanceMs = 1_000 }: AssignSpeakersOptions = {},
  ) {
    checkTurns('turns', turns)
    checkNumber('maxDistanceMs', maxDistanceMs, 0)
    this.#turns = turns
    this.#maxDistance = maxDistanceMs
    this.#byChannel = new Set(turns.map(turn => turn.channel)).size > 1
  }

  /** What becomes of the next event. */
  event(event: TranscriptEvent): TranscriptEvent[] {
    if (event.type === 'end') return [...this.end(), event]
    if (event.type === 'final') return this.#final(event)
    if (event.type !== 'delta') return [event]
    const held = this.#deltas.get(event.turn)
    if (held) held.push(event)
    else this.#deltas.set(event.turn, [event])
    return []
  }

  /** What still waited for a final that did not come. */
  end(): TranscriptEvent[] {
    const left = [...this.#deltas.values()].flat()
    this.#deltas.clear()
    return left
  }

  #final(final: FinalEvent): TranscriptEvent[] {
    const deltas = this.#deltas.get(final.turn) ?? []
    this.#deltas.delete(final.turn)
    const channel = this.#channelOf(final)
    const finals = divideFinal(final, (start, end) => {
      const speaker = channel.index.speakerIn(start, end, channel.before)
      channel.before = speaker ?? channel.before
      return speaker
    })
    return finals.length > 1 ? finals : [...deltas, ...finals]
  }

  #channelOf({ channel }: FinalEvent): Channel {
    const known = this.#channels.get(channel)
    if (known) return known
    const isHeard = (turn: SpeakerTurn): boolean =>
      !this.#byChannel ||
      channel === undefined ||
      turn.channel === undefined ||
      turn.channel === channel
    const turns = this.#turns.filter(isHeard)
    const index = new SpeakerIndex(turns, this.#maxDistance)
    const made: Channel = { index, before: undefined }
    this.#channels.set(channel, made)
    return made
  }
}

/**
 * Says of each word of a transcript who speaks it, by turns that were found
 * elsewhere: {@link readRttm} reads them.
 *
 * A word is its whose turns cover most of it. Where several cover as much of
 * it, as people do who speak at once, it is the one's who said the word before,
 * else of them the one's who goes on talking longest. A word in no turn is of
 * the nearest within `maxDistanceMs`; of none, it keeps the speaker that the
 * transcriber gave it, if any. Turns of several channels only count for finals
 * of their channel, where finals have one.
 *
 * A final in which the speaker changes is divided there, into finals of turns
 * `t3.1`, `t3.2`, … of the turn `t3`, each with its part of the text, of the
 * words and of the range. Words without times get theirs by their letters. A
 * turn's deltas come right before its final; those of a turn that is divided
 * are left out, for the finals have all of it.
 *
 * @throws OptionError if a turn or an option cannot be used
 */
export function assignSpeakers(
  finals: Iterable<FinalEvent>,
  turns: readonly SpeakerTurn[],
  options?: AssignSpeakersOptions,
): FinalEvent[]
export function assignSpeakers(
  events: Iterable<TranscriptEvent>,
  turns: readonly SpeakerTurn[],
  options?: AssignSpeakersOptions,
): TranscriptEvent[]
export function assignSpeakers(
  events: Iterable<TranscriptEvent>,
  turns: readonly SpeakerTurn[],
  options: AssignSpeakersOptions = {},
): TranscriptEvent[] {
  const labels = new SpeakerLabels(turns, options)
  const labelled: TranscriptEvent[] = []
  for (const event of events) labelled.push(...labels.event(event))
  labelled.push(...labels.end())
  return labelled
}
