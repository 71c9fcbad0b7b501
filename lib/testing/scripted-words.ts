import {
  RECOGNIZER_RATE,
  type RecognizedWord,
} from '../recognizers/recognizer.ts'
import { VAD_FRAME } from '../recognizers/voice-activity.ts'
import { frameWord, readNumbers, s16Of } from './number-code.ts'

/** A word of a script. Times are in ms of the source. */
export type ScriptedWord = Pick<
  RecognizedWord,
  'text' | 'probability' | 'attached'
> & {
  /** Start, in ms. */
  readonly start: number
  /** End, in ms. */
  readonly end: number
}

/** The words of a source. */
export type Script = {
  /**
   * The words and their times in the source, in order of their starts. A word
   * is recognised only if its audio is not silent.
   * @default the numbers of numbered audio at 16 kHz
   */
  readonly words?: readonly ScriptedWord[]
  /**
   * Repeats the words after this much audio, in ms. The last word must end
   * before.
   * @default never
   */
  readonly repeatMs?: number
}

const SAMPLES_PER_MS = RECOGNIZER_RATE / 1_000

/** Mean square from which audio is not silent: −60 dBFS. */
const AUDIBLE = 1e-6

const isAudible = (samples: Float32Array): boolean => {
  const least = AUDIBLE * samples.length
  let power = 0
  return samples.some(sample => (power += sample ** 2) > least)
}

/** A word and its place in some audio, in samples. */
type Placed = {
  readonly word: Omit<RecognizedWord, 'start' | 'end'>
  readonly start: number
  readonly middle: number
  readonly end: number
}

/**
 * Returns the words in some audio. A word that is cut belongs to the side with
 * its middle.
 * @param offset first sample of the audio in the source
 */
export const wordsIn = (
  script: Script,
  samples: Float32Array,
  offset: number,
): RecognizedWord[] =>
  placed(script, samples, offset).flatMap(({ word, start, middle, end }) => {
    const [from, to] = [Math.max(0, start), Math.min(samples.length, end)]
    return middle >= from && middle < to
      ? [{ ...word, start: from, end: to }]
      : []
  })

/**
 * Rates the frames of some audio: 1 if they have an audible part of a word,
 * otherwise 0.
 */
export const speechIn = (
  script: Script,
  samples: Float32Array,
  offset: number,
): Float32Array => {
  const probabilities = new Float32Array(samples.length / VAD_FRAME)
  const spoken = script.words
    ? placed(script, samples, offset)
    : [{ start: 0, end: samples.length }]
  for (const { start, end } of spoken)
    for (
      let frame = Math.max(0, Math.floor(start / VAD_FRAME));
      frame < Math.min(probabilities.length, end / VAD_FRAME);
      frame++
    ) {
      const from = Math.max(start, frame * VAD_FRAME)
      const to = Math.min(end, (frame + 1) * VAD_FRAME)
      if (isAudible(samples.subarray(from, to))) probabilities[frame] = 1
    }
  return probabilities
}

/** Words with an audible part in some audio. */
const placed = (
  { words, repeatMs = Infinity }: Script,
  samples: Float32Array,
  offset: number,
): Placed[] => {
  if (!words) return numbersIn(samples)
  const period = repeatMs * SAMPLES_PER_MS
  const first = Number.isFinite(period)
    ? Math.max(0, Math.floor(offset / period))
    : 0
  const found: Placed[] = []
  for (let round = first; ; round++) {
    const base = (round === 0 ? 0 : round * period) - offset
    for (const { start: from, end: to, ...word } of words) {
      const start = Math.round(from * SAMPLES_PER_MS + base)
      const end = Math.round(to * SAMPLES_PER_MS + base)
      const middle = Math.floor((start + end) / 2)
      const part = samples.subarray(Math.max(0, start), Math.max(0, end))
      if (isAudible(part)) found.push({ word, start, middle, end })
    }
    if (base + period >= samples.length) return found
  }
}

const numbersIn = (samples: Float32Array): Placed[] =>
  [...readNumbers(s16Of(samples))].map(frame => ({
    ...frame,
    word: { text: frameWord(frame) },
  }))
