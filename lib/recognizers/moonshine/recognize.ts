import type { Moonshine } from './moonshine.ts'
import { type RecognizedWord, RECOGNIZER_RATE } from '../recognizer.ts'
import { decodedWords } from './tokenizer.ts'

/** Audio shorter than this is not split, in samples: 4 s. */
const MIN_SPLIT = 4 * RECOGNIZER_RATE
/** Audio is split at most this far from its middle, as a fraction of it. */
const MAX_OFF_CENTRE = 0.2
/** Samples over which the power is averaged: 100 ms. */
const WINDOW = 1_600

/** Words of some audio. */
export type MoonshineResult = {
  readonly words: readonly RecognizedWord[]
  /** Whether a guard stopped the decoder. */
  readonly guarded: boolean
}

type RecognizeInput = {
  /** Mono, 16 kHz. */
  readonly samples: Float32Array
  /** Whether the audio certainly contains words. */
  readonly spoken: boolean
  readonly live: boolean
}

/**
 * Returns the words of some audio. If the decoder loops or does not reach an
 * end, the audio is split at a quiet place near its middle and both halves are
 * decoded separately; this rarely loops again.
 */
export const recognize = async (
  model: Moonshine,
  { samples, spoken, live }: RecognizeInput,
): Promise<MoonshineResult> => {
  const decoding = await model.decode(samples, { spoken, live })
  const guarded = !decoding.finished
  if (!guarded || samples.length < MIN_SPLIT)
    return { words: decodedWords(decoding), guarded }
  const middle = quietMiddle(samples)
  const half = (samples: Float32Array): Promise<MoonshineResult> =>
    recognize(model, { samples, spoken: false, live })
  const left = await half(samples.subarray(0, middle))
  const right = await half(samples.subarray(middle))
  return {
    words: [...left.words, ...right.words.map(word => shifted(word, middle))],
    guarded: left.guarded || right.guarded,
  }
}

/** Returns the words of an open turn so far, given those of the last time. */
export const recognizePartial = async (
  model: Moonshine,
  { samples, draft }: { samples: Float32Array; draft: readonly number[] },
): Promise<MoonshineResult> => {
  const decoding = await model.decode(samples, { draft, live: true })
  return { words: decodedWords(decoding), guarded: !decoding.finished }
}

const shifted = (word: RecognizedWord, samples: number): RecognizedWord => ({
  ...word,
  end: word.end! + samples,
})

const quietMiddle = (samples: Float32Array): number => {
  const half = samples.length / 2
  const reach = Math.floor(samples.length * MAX_OFF_CENTRE)
  let best = Math.floor(half)
  let lowest = Infinity
  for (let at = best - reach; at < best + reach; at += WINDOW / 2) {
    let power = 0
    for (let i = at; i < at + WINDOW; i++) power += samples[i]! ** 2
    if (power < lowest) {
      lowest = power
      best = at + WINDOW / 2
    }
  }
  return best
}
