import type { Word } from '../core/transcript-event.ts'
import { VAD_FRAME } from './silero.ts'
import type { Turn } from './turn-segmenter.ts'

const SAMPLES_PER_MS = 16
const VOICED = 0.35
const FRAME_MS = VAD_FRAME / SAMPLES_PER_MS

/**
 * Spreads the words of a text over a turn by their length in characters, but
 * over its voiced frames only: pauses inside the turn belong to no word.
 *
 * @param text of the turn
 * @param turn where it was spoken
 * @param base start of the stretch of audio the turn counts from, in ms
 */
export const interpolateWords = (
  text: string,
  turn: Turn,
  base: number,
): Word[] => {
  const words = text.split(/\s+/).filter(Boolean)
  const voiced = voicedFrames(turn)
  const characters = words.reduce((sum, word) => sum + word.length + 1, 0)
  const ending = turn.end / SAMPLES_PER_MS
  let before = 0
  return words.map(text => {
    const first = (before / characters) * voiced.length
    before += text.length + 1
    const last = (before / characters) * voiced.length
    return {
      text,
      start: base + round(timeAt(voiced, first)),
      end: base + round(Math.min(ending, endAt(voiced, last))),
      source: 'interpolated',
    }
  })
}

/** Start times (ms) of the frames of a turn in which somebody speaks. */
const voicedFrames = (turn: Turn): number[] => {
  const times: number[] = []
  const from = turn.from / VAD_FRAME
  for (let at = turn.start / VAD_FRAME; at < turn.end / VAD_FRAME; at++)
    if (turn.probabilities[at - from]! >= VOICED) times.push(at * FRAME_MS)
  return times.length > 0 ? times : [turn.start / SAMPLES_PER_MS]
}

const timeAt = (voiced: readonly number[], position: number): number => {
  const index = Math.min(Math.floor(position), voiced.length - 1)
  return voiced[index]! + Math.min(1, position - index) * FRAME_MS
}

/** Like {@link timeAt}, but the end of a frame, not the start of the next. */
const endAt = (voiced: readonly number[], position: number): number => {
  const index = Math.max(0, Math.ceil(position) - 1)
  return voiced[index]! + (position - index) * FRAME_MS
}

const round = (ms: number): number => Math.round(ms)
