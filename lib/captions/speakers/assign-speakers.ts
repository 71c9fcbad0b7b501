import { checkNumber, checkSignal } from '../../core/options.ts'
import { type SpeakerTurn, checkTurns } from '../../core/speaker-turn.ts'
import { MapStage } from '../../core/stage.ts'
import type {
  DeltaEvent,
  FinalEvent,
  TranscriptEvent,
} from '../../core/transcript-event.ts'
import { checkEvent } from '../cues/check-input.ts'
import { splitFinal } from './split-final.ts'

/** Ranges in which one speaker talks, in order, without overlap. */
type SpeakerRanges = {
  readonly speaker: string
  readonly starts: number[]
  readonly ends: number[]
}

/** Relation of a speaker's ranges to a range of time, in ms. */
type SpeakerOverlap = {
  readonly speaker: string
  /** Duration of the overlap. */
  readonly overlap: number
  /** Distance of the nearest; 0 if one touches the range. */
  readonly distance: number
  /** End of the last or nearest one. */
  readonly until: number
}

const rangesBySpeaker = (turns: readonly SpeakerTurn[]): SpeakerRanges[] => {
  const bySpeaker = new Map<string, SpeakerRanges>()
  for (const turn of turns.toSorted((a, b) => a.start - b.start)) {
    const { speaker, start, end } = turn
    const ranges = bySpeaker.get(speaker) ?? { speaker, starts: [], ends: [] }
    bySpeaker.set(speaker, ranges)
    const last = ranges.ends.length - 1
    if (last >= 0 && start <= ranges.ends[last]!)
      ranges.ends[last] = Math.max(ranges.ends[last]!, end)
    else {
      ranges.starts.push(start)
      ranges.ends.push(end)
    }
  }
  return [...bySpeaker.values()]
}

/** Returns the index of the first number not below a limit. */
const firstFrom = (numbers: readonly number[], limit: number): number => {
  let [low, high] = [0, numbers.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (numbers[middle]! < limit) low = middle + 1
    else high = middle
  }
  return low
}

const overlapOf = (
  { speaker, starts, ends }: SpeakerRanges,
  from: number,
  to: number,
): SpeakerOverlap => {
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

export class SpeakerIndex {
  readonly #ranges: readonly SpeakerRanges[]
  readonly #maxDistance: number

  /** @param maxDistance maximum distance of speech from its turn, in ms */
  constructor(turns: readonly SpeakerTurn[], maxDistance: number) {
    this.#ranges = rangesBySpeaker(turns)
    this.#maxDistance = maxDistance
  }

  /**
   * Returns who speaks most of a range, or nearest to it if nobody does. Among
   * equals, the previous speaker (`before`) wins, then the one who talks
   * longest.
   */
  speakerIn(
    from: number,
    to: number,
    before: string | undefined,
  ): string | undefined {
    let best: SpeakerOverlap | undefined
    for (const ranges of this.#ranges) {
      const found = overlapOf(ranges, from, to)
      if (found.distance > this.#maxDistance) continue
      if (!best || this.#isBetter(found, best, before)) best = found
    }
    return best?.speaker
  }

  #isBetter(
    a: SpeakerOverlap,
    b: SpeakerOverlap,
    before: string | undefined,
  ): boolean {
    // Rounded, since sums of times are not exact.
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
   * Maximum distance in ms of a word from the turn of its speaker.
   * @default 1000
   */
  readonly maxDistanceMs?: number
}

type ChannelSpeakers = {
  readonly index: SpeakerIndex
  before: string | undefined
}

export class SpeakerLabeler {
  readonly #turns: readonly SpeakerTurn[]
  readonly #maxDistance: number
  /** Whether turns belong to several channels. */
  readonly #byChannel: boolean
  readonly #channels = new Map<number | undefined, ChannelSpeakers>()
  readonly #deltas = new Map<string, DeltaEvent[]>()

  constructor(
    turns: readonly SpeakerTurn[],
    { maxDistanceMs = 1_000 }: AssignSpeakersOptions = {},
  ) {
    checkTurns('speakers', turns)
    checkNumber('maxDistanceMs', maxDistanceMs, 0)
    this.#turns = turns
    this.#maxDistance = maxDistanceMs
    this.#byChannel = new Set(turns.map(turn => turn.channel)).size > 1
  }

  /** Returns the events that replace the next one. */
  event(event: TranscriptEvent): TranscriptEvent[] {
    if (event.type === 'end') return [...this.end(), event]
    if (event.type === 'final') return this.#final(event)
    if (event.type !== 'delta') return [event]
    const held = this.#deltas.get(event.turn)
    if (held) held.push(event)
    else this.#deltas.set(event.turn, [event])
    return []
  }

  /** Returns deltas whose final did not come. */
  end(): TranscriptEvent[] {
    const rest = [...this.#deltas.values()].flat()
    this.#deltas.clear()
    return rest
  }

  #final(final: FinalEvent): TranscriptEvent[] {
    const deltas = this.#deltas.get(final.turn) ?? []
    this.#deltas.delete(final.turn)
    const channel = this.#channelOf(final)
    const finals = splitFinal(final, (start, end) => {
      const speaker = channel.index.speakerIn(start, end, channel.before)
      channel.before = speaker ?? channel.before
      return speaker
    })
    return finals.length > 1 ? finals : [...deltas, ...finals]
  }

  #channelOf({ channel }: FinalEvent): ChannelSpeakers {
    const known = this.#channels.get(channel)
    if (known) return known
    const isOfChannel = (turn: SpeakerTurn): boolean =>
      !this.#byChannel ||
      channel === undefined ||
      turn.channel === undefined ||
      turn.channel === channel
    const turns = this.#turns.filter(isOfChannel)
    const index = new SpeakerIndex(turns, this.#maxDistance)
    const made: ChannelSpeakers = { index, before: undefined }
    this.#channels.set(channel, made)
    return made
  }
}

/**
 * Adds speakers to the words of a transcript, by turns from another source such
 * as {@link readRttm}.
 *
 * A word belongs to the speaker whose turns cover most of the word. If several cover
 * the same part, as in simultaneous speech, the previous speaker wins, then the
 * one who continues longest. A word in no turn belongs to the nearest turn
 * within `maxDistanceMs`, or else keeps the transcriber's speaker, if any.
 * Turns of several channels only apply to finals of their channel, if finals
 * have channels.
 *
 * A final is divided where the speaker changes, into finals of turns `t3.1`,
 * `t3.2`, … of the turn `t3`, each with its part of the text, words and range.
 * The letters of words without times determine their times. Deltas come
 * directly before their final; those of a divided turn are omitted.
 *
 * @throws OptionError if a turn or an option is invalid
 */
export function assignSpeakers(
  finals: Iterable<FinalEvent>,
  speakers: readonly SpeakerTurn[],
  options?: AssignSpeakersOptions,
): FinalEvent[]
export function assignSpeakers(
  events: Iterable<TranscriptEvent>,
  speakers: readonly SpeakerTurn[],
  options?: AssignSpeakersOptions,
): TranscriptEvent[]
export function assignSpeakers(
  events: Iterable<TranscriptEvent>,
  speakers: readonly SpeakerTurn[],
  options: AssignSpeakersOptions = {},
): TranscriptEvent[] {
  const labels = new SpeakerLabeler(speakers, options)
  const labelled: TranscriptEvent[] = []
  for (const event of events) labelled.push(...labels.event(event))
  labelled.push(...labels.end())
  return labelled
}

/** Options of {@link SpeakerAssigner}. */
export type SpeakerAssignerOptions = AssignSpeakersOptions & {
  /** Who speaks when: see {@link readRttm}. */
  readonly speakers: readonly SpeakerTurn[]
  /** Destroys the stream when aborted. */
  readonly signal?: AbortSignal
}

/**
 * Adds speakers to the words of a transcript, as {@link assignSpeakers} does,
 * between a transcriber and a caption stage. Deltas wait for the final of their
 * turn; other events pass immediately.
 *
 * @throws OptionError if an option is invalid. Invalid input ends the stream
 * with a FormatError.
 */
export class SpeakerAssigner extends MapStage<
  TranscriptEvent,
  TranscriptEvent
> {
  constructor({ speakers, signal, ...options }: SpeakerAssignerOptions) {
    checkSignal(signal)
    const labels = new SpeakerLabeler(speakers, options)
    super(
      event => labels.event(checkEvent(event)),
      () => labels.end(),
      signal,
    )
  }
}
