import type { Word, FinalEvent, TranscriptEvent } from 'voxpipe'
import { wordsOf } from '../word-errors.ts'

/** A delta's text, and when it arrived in ms on the audio clock. */
type TimedText = { readonly text: string; readonly at: number }

/** A normalised word, and when it was complete. */
type ArrivedWord = { readonly word: string; readonly at: number }

/** A word with its place in the audio, in ms, as the reference knows it. */
export type PlacedWord = Pick<Word, 'text' | 'start' | 'end'>

/**
 * Words of texts that are appended to each other, each with the arrival of
 * the text that holds its last letter: a comma that comes later does not make
 * a word late.
 */
export const arrivedWords = (texts: readonly TimedText[]): ArrivedWord[] => {
  const joined = texts.map(({ text }) => text).join('')
  const words: ArrivedWord[] = []
  let [index, end] = [0, texts[0]?.text.length ?? 0]
  // The normaliser parts words at spaces and hyphens.
  for (const { 0: token, index: start } of joined.matchAll(/[^\s\-–—]+/g)) {
    const last = start + token.replace(/[^\p{L}\p{N}]+$/u, '').length
    while (end < last) end += texts[++index]!.text.length
    for (const word of wordsOf(token))
      words.push({ word, at: texts[index]!.at })
  }
  return words
}

/**
 * Words normalised, with their times; one that is two by the normaliser gives
 * its end to the second, the first has none (`NaN`).
 */
export const normalizePlaced = <W extends PlacedWord>(
  words: readonly W[],
): (W & { readonly word: string })[] =>
  words.flatMap(placed => {
    const parts = wordsOf(placed.text)
    return parts.map((word, i) => ({
      ...placed,
      word,
      end: i === parts.length - 1 ? placed.end : Number.NaN,
    }))
  })

/** An event, and when it arrived in ms on the audio clock. */
export type Arrival = { readonly at: number; readonly event: TranscriptEvent }

/** What a turn emitted. */
export type TurnRecord = {
  readonly turn: string
  readonly deltas: readonly TimedText[]
  readonly final?: FinalEvent
  /** Arrival of the final, in ms on the audio clock. */
  readonly finalAt?: number
}

/** Turns in order of their first event, and what was against the rules. */
type TurnRecords = {
  readonly turns: readonly TurnRecord[]
  /** A sentence each: a delta after its final, two finals, none. */
  readonly violations: readonly string[]
}

/** Sorts events by turn, and checks that deltas are only appended to. */
export const recordTurns = (arrivals: readonly Arrival[]): TurnRecords => {
  type Open = {
    turn: string
    deltas: TimedText[]
    final?: FinalEvent
    finalAt?: number
  }
  const turns = new Map<string, Open>()
  const violations: string[] = []
  for (const { at, event } of arrivals) {
    if (event.type !== 'delta' && event.type !== 'final') continue
    const { turn } = event
    const record: Open = turns.get(turn) ?? { turn, deltas: [] }
    turns.set(turn, record)
    if (record.final)
      violations.push(`${turn}: a ${event.type} after its final`)
    else if (event.type === 'delta')
      record.deltas.push({ text: event.text, at })
    else Object.assign(record, { final: event, finalAt: at })
  }
  for (const { turn, final } of turns.values())
    if (!final) violations.push(`${turn}: deltas without a final`)
  return { turns: [...turns.values()], violations }
}
