import { textErrors } from '../accuracy/whisper-text.ts'
import type { Stretch } from './find-speech.ts'
import { alignWords, sumErrors, type ErrorCounts } from '../word-errors.ts'
import {
  arrivedWords,
  normalizePlaced,
  type PlacedWord,
  recordTurns,
  type Arrival,
  type TurnRecord,
} from './turn-records.ts'

/** What is known of a clip; times in ms. */
export type ClipReference = {
  /** What is said; undefined if unknown: nothing is counted as wrong then. */
  readonly text?: string | undefined
  /** When each word is spoken; undefined if unknown. */
  readonly words?: readonly PlacedWord[] | undefined
  /** When somebody speaks. @default the words */
  readonly speech?: readonly Stretch[] | undefined
  /** Code of the language. @default `en` */
  readonly language?: string
}

/** A delay, in ms, of what a reader saw first: a delta, or only the final. */
export type Delay = {
  readonly ms: number
  readonly from: 'delta' | 'final'
}

/** How a clip was transcribed as it was spoken; all times in ms. */
export type ClipLatency = {
  /** Each word seen: its arrival minus the end of it in the reference. */
  readonly words: readonly (Delay & { word: string; end: number })[]
  /** Each turn with speech: its first text minus the start of the speech. */
  readonly onsets: readonly (Delay & { turn: string; start: number })[]
  /**
   * Each turn that a pause ended: its final minus the end of the speech. A turn
   * that was cut because it was long has no such end.
   */
  readonly ends: readonly { turn: string; end: number; ms: number }[]
  /** Turns in which nobody speaks. */
  readonly strayTurns: number
  /** Turns that were cut while somebody spoke. */
  readonly cutTurns: number
  /** Deltas of each turn against its final, which is the reference here. */
  readonly deltaErrors: ErrorCounts
  /** Finals against the text of the clip. */
  readonly finalErrors: ErrorCounts
  /** Each word of finals with a time: its end minus that of the reference. */
  readonly times: readonly { word: string; end: number; ms: number }[]
  /** What was against the rules; a sentence each. */
  readonly violations: readonly string[]
}

type FinishedTurn = Required<TurnRecord>

/** A turn that begins so soon after another goes on with it. */
const CUT_MS = 100

/**
 * The figures of one clip.
 *
 * @param arrivals its events in order, on the audio clock
 */
export const clipLatency = (
  reference: ClipReference,
  arrivals: readonly Arrival[],
): ClipLatency => {
  const { turns: all, violations } = recordTurns(arrivals)
  const turns = all.filter((turn): turn is FinishedTurn => 'final' in turn)
  const { language } = reference
  const words = normalizePlaced(reference.words ?? [])
  const speech = reference.speech
    ? cutAtTurns(reference.speech, turns)
    : words.map(word => ({ ...word, begins: true, ends: true }))
  const finalText = turns.map(({ final }) => final.text).join(' ')
  return {
    words: wordDelays(words, all),
    ...turnDelays(speech, turns),
    deltaErrors: sumErrors(turns.map(turn => deltaErrors(turn, language))),
    finalErrors:
      reference.text === undefined
        ? sumErrors([])
        : textErrors(reference.text, finalText, language),
    times: timeErrors(words, turns),
    violations,
  }
}

type ReferenceWord = PlacedWord & { readonly word: string }

const wordsIn = (words: readonly { readonly word: string }[]): string[] =>
  words.map(({ word }) => word)

/**
 * A word counts from the delta that brought it, one that no delta had a place
 * for from its final. What deltas had wrong is an error, and has no delay.
 */
const wordDelays = (
  reference: readonly ReferenceWord[],
  turns: readonly TurnRecord[],
): ClipLatency['words'] => {
  const early = turns.flatMap(({ deltas }) => arrivedWords(deltas))
  const late = turns.flatMap(({ final, finalAt = Number.NaN }) =>
    arrivedWords(final ? [{ text: final.text, at: finalAt }] : []),
  )
  const spoken = wordsIn(reference)
  const inDeltas = alignWords(spoken, wordsIn(early)).heardAt
  const inFinals = alignWords(spoken, wordsIn(late)).heardAt
  return reference.flatMap(({ word, end }, i) => {
    const from = inDeltas[i]! < 0 ? 'final' : 'delta'
    const seen = from === 'delta' ? early[inDeltas[i]!] : late[inFinals[i]!]
    const right = seen?.word === word && !Number.isNaN(end)
    return right ? [{ word, end, ms: seen.at - end, from } as const] : []
  })
}

const turnDelays = (
  speech: readonly Piece[],
  turns: readonly FinishedTurn[],
): Pick<ClipLatency, 'onsets' | 'ends' | 'strayTurns' | 'cutTurns'> => {
  const onsets: ClipLatency['onsets'][number][] = []
  const ends: ClipLatency['ends'][number][] = []
  let [strayTurns, cutTurns] = [0, 0]
  const spoken = turns.map((): Piece[] => [])
  for (const piece of speech) spoken[turnOf(piece, turns)]?.push(piece)
  for (const [i, { turn, deltas, final, finalAt }] of turns.entries()) {
    const [first, last] = [spoken[i]!.at(0), spoken[i]!.at(-1)]
    if (!first || !last) {
      strayTurns++
      continue
    }
    const { start } = first
    const { at } = deltas[0] ?? { at: finalAt }
    const from = deltas.length > 0 ? 'delta' : 'final'
    if (first.begins) onsets.push({ turn, start, ms: at - start, from })
    const next = turns[i + 1]?.final.start ?? Infinity
    if (!last.ends || next - final.end < CUT_MS) cutTurns++
    else ends.push({ turn, end: last.end, ms: finalAt - last.end })
  }
  return { onsets, ends, strayTurns, cutTurns }
}

/** A piece of speech: whether the speech begins and ends where it does. */
type Piece = Stretch & { readonly begins: boolean; readonly ends: boolean }

/**
 * Cuts stretches of speech midway between turns: one that goes on through
 * several turns belongs to all of them.
 */
const cutAtTurns = (
  speech: readonly Stretch[],
  turns: readonly FinishedTurn[],
): Piece[] => {
  const borders = turns
    .slice(1)
    .map(({ final }, i) => (turns[i]!.final.end + final.start) / 2)
  return speech.flatMap(({ start, end }) => {
    const inside = borders.filter(at => at > start && at < end)
    const places = [start, ...inside, end]
    return places.slice(1).map((end, i) => ({
      start: places[i]!,
      end,
      begins: i === 0,
      ends: i === inside.length,
    }))
  })
}

/** Index of the turn that most of a piece lies in; -1 if in none. */
const turnOf = (piece: Stretch, turns: readonly FinishedTurn[]): number => {
  let [best, most] = [-1, 0]
  for (const [i, { final }] of turns.entries()) {
    const common =
      Math.min(piece.end, final.end) - Math.max(piece.start, final.start)
    if (common > most) [best, most] = [i, common]
  }
  return best
}

const deltaErrors = (
  { deltas, final }: FinishedTurn,
  language: string | undefined,
): ErrorCounts =>
  textErrors(final.text, deltas.map(({ text }) => text).join(''), language)

const timeErrors = (
  reference: readonly ReferenceWord[],
  turns: readonly FinishedTurn[],
): ClipLatency['times'] => {
  const timed = normalizePlaced(turns.flatMap(({ final }) => final.words ?? []))
  const { heardAt } = alignWords(wordsIn(reference), wordsIn(timed))
  return reference.flatMap(({ word, end }, i) => {
    const heard = timed[heardAt[i]!]
    const ms = heard?.word === word ? heard.end - end : Number.NaN
    return Number.isNaN(ms) ? [] : [{ word, end, ms }]
  })
}
