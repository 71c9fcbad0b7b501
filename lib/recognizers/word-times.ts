import type { Word } from '../core/transcript-event.ts'
import { VAD_FRAME } from './voice-activity.ts'
import { type RecognizedWord, SAMPLES_PER_MS } from './recognizer.ts'
import type { Turn } from './turn-segmenter.ts'

/** Frames with a lower probability of speech are pauses, which belong to no word. */
const VOICED = 0.35
/** So many of them; a stop consonant is silent for less: 128 ms. */
const PAUSE_FRAMES = 4

/**
 * Times of a turn's words, where each has its end. A word that has no start
 * begins where the one before ended, or where the voice comes back after a
 * pause.
 *
 * @param words heard in the turn's audio, `turn.from` to `turn.to`
 * @param base start of the stretch of audio the turn counts from, in ms
 * @param source how the ends are known
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
  return words.map(({ text, start: told, end, probability }, index) => {
    let ended = Math.min(turn.end, Math.max(before, turn.from + end!))
    // A last word that is cut off makes the decoder look anywhere.
    if (index === words.length - 1 && ended === before) ended = turn.end
    const start =
      told === undefined
        ? voiceFrom(before, ended, turn)
        : Math.min(ended, Math.max(before, turn.from + told))
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

/** Where the voice comes back after the last pause before a word's end. */
const voiceFrom = (before: number, ended: number, turn: Turn): number => {
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
