import type { Word } from '../core/transcript-event.ts'
import { VAD_FRAME } from './voice-activity.ts'
import { type RecognizedWord, SAMPLES_PER_MS } from './recognizer.ts'
import type { Turn } from './turn-segmenter.ts'

/** Frames with a lower probability of speech are pauses. */
const VOICED = 0.35
/** Minimum length of a pause, more than a stop consonant: 128 ms. */
const PAUSE_FRAMES = 4

/**
 * Returns the times of a turn's words if each has an end. A word without a
 * start begins at the end of the word before, or where speech resumes after a
 * pause.
 *
 * @param words of the turn's audio, `turn.from` to `turn.to`
 * @param base time of sample 0, in ms
 */
export const timedWords = (
  words: readonly RecognizedWord[],
  turn: Turn,
  base: number,
  source: Word['source'],
): Word[] | undefined => {
  if (words.some(({ end }) => end === undefined)) return undefined
  let before = turn.start
  const ms = (sample: number): number =>
    Math.round(base + sample / SAMPLES_PER_MS)
  return words.map(({ text, start: reported, end, probability }, index) => {
    let ended = Math.min(turn.end, Math.max(before, turn.from + end!))
    // The attention is wrong for a last word that is cut off.
    if (index === words.length - 1 && ended === before) ended = turn.end
    const start =
      reported === undefined
        ? speechFrom(before, ended, turn)
        : Math.min(ended, Math.max(before, turn.from + reported))
    before = ended
    return {
      text,
      start: ms(start),
      end: ms(ended),
      ...(probability !== undefined && {
        probability: Math.round(probability * 1_000) / 1_000,
      }),
      source,
    }
  })
}

/** Returns where speech resumes after the last pause before a word's end. */
const speechFrom = (before: number, ended: number, turn: Turn): number => {
  const frameOf = (at: number): number =>
    Math.floor((at - turn.from) / VAD_FRAME)
  let from = before
  let silent = 0
  for (let frame = frameOf(before); frame < frameOf(ended); frame++)
    if ((turn.probabilities[frame] ?? 1) < VOICED) silent++
    else {
      if (silent >= PAUSE_FRAMES) from = turn.from + frame * VAD_FRAME
      silent = 0
    }
  return from
}
