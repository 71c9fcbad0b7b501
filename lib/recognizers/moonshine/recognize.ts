import type { Moonshine } from './moonshine.ts'
import type { RecognizedWord } from '../recognizer.ts'
import type { MoonshineResult } from '../engine/engine-messages.ts'
import { wordsIn } from './tokenizer.ts'

const SAMPLE_RATE = 16_000
/** Stretches shorter than twice this are not split any further. */
const MIN_HALF = 2 * SAMPLE_RATE
/** Where around the middle a quiet place is looked for, as a share. */
const SEARCH = 0.2
const WINDOW = 1_600

type Stretch = {
  /** Mono, 16 kHz. */
  readonly samples: Float32Array
  /** Whether words are certain to be in it. */
  readonly spoken: boolean
  /** Whether somebody waits for it. */
  readonly hurried: boolean
}

/**
 * Words of a stretch of audio. Where the decoder went round in circles or
 * found no end, the stretch is cut at a quiet place near its middle and each
 * half is decoded by itself: a loop seldom survives a new start.
 */
export const recognize = async (
  model: Moonshine,
  { samples, spoken, hurried }: Stretch,
): Promise<MoonshineResult> => {
  const decoding = await model.decode(samples, { spoken, hurried })
  const guarded = !decoding.finished
  if (!guarded || samples.length < 2 * MIN_HALF)
    return { words: wordsIn(decoding), guarded }
  const middle = quietMiddle(samples)
  const half = (samples: Float32Array): Promise<MoonshineResult> =>
    recognize(model, { samples, spoken: false, hurried })
  const left = await half(samples.subarray(0, middle))
  const right = await half(samples.subarray(middle))
  return {
    words: [...left.words, ...right.words.map(word => later(word, middle))],
    guarded: left.guarded || right.guarded,
  }
}

/**
 * Words of a stretch that goes on, as far as they can be told by now. What
 * was heard the last time makes it fast.
 */
export const guess = async (
  model: Moonshine,
  { samples, draft }: { samples: Float32Array; draft: readonly number[] },
): Promise<MoonshineResult> => {
  const decoding = await model.decode(samples, { draft, hurried: true })
  return { words: wordsIn(decoding), guarded: !decoding.finished }
}

const later = (word: RecognizedWord, samples: number): RecognizedWord => ({
  ...word,
  end: word.end! + samples,
})

const quietMiddle = (samples: Float32Array): number => {
  const half = samples.length / 2
  const reach = Math.floor(samples.length * SEARCH)
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
