import type { FinalEvent, TranscriptEvent } from 'voxpipe'
import type { TimedText } from './timed-words.ts'

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
export type TurnRecords = {
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
