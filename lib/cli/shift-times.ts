import type { Cue, TranscriptEvent } from '../index.ts'

/** Inputs that were shifted, and what became of those that came before 0. */
export type Shifted<Input> = {
  readonly inputs: readonly Input[]
  /** How many begin at 0 now. */
  readonly cut: number
  /** How many are left out, for they would be over by then. */
  readonly dropped: number
}

const shiftRanges = <Range extends { start: number; end: number }>(
  inputs: readonly Range[],
  ms: number,
): Shifted<Range> => {
  const kept = inputs.filter(({ end }) => end + ms > 0)
  return {
    cut: kept.filter(({ start }) => start + ms < 0).length,
    dropped: inputs.length - kept.length,
    inputs: kept.map(range => ({
      ...range,
      start: Math.max(0, range.start + ms),
      end: range.end + ms,
    })),
  }
}

/** Cues that come `ms` later, or earlier where it is negative. */
export const shiftCues = (cues: readonly Cue[], ms: number): Shifted<Cue> =>
  shiftRanges(cues, ms)

/** Events of a transcript that come `ms` later, or earlier. */
export const shiftEvents = (
  events: readonly TranscriptEvent[],
  ms: number,
): Shifted<TranscriptEvent> => {
  let cut = 0
  let dropped = 0
  const late = (at: number): number => Math.max(0, at + ms)
  const shift = (event: TranscriptEvent): TranscriptEvent[] => {
    switch (event.type) {
      case 'speech-start':
      case 'speech-end':
        return [{ ...event, at: late(event.at) }]
      case 'delta':
        return [
          { ...event, ...(event.at !== undefined && { at: late(event.at) }) },
        ]
      case 'end':
        return [{ ...event, duration: late(event.duration) }]
      case 'final':
      case 'gap': {
        const { inputs, ...counts } = shiftRanges([event], ms)
        cut += counts.cut
        dropped += counts.dropped
        return inputs.map(range =>
          range.type === 'final' && range.words
            ? {
                ...range,
                words: range.words.map(word => ({
                  ...word,
                  start: late(word.start),
                  end: late(word.end),
                })),
              }
            : range,
        )
      }
      default:
        return [event]
    }
  }
  const inputs = events.flatMap(shift)
  return { inputs, cut, dropped }
}
