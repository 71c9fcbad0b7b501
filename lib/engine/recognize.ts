import type { Moonshine } from './moonshine.ts'
import { detokenize } from './vocabulary.ts'
import type { Recognition } from './worker-protocol.ts'

const SAMPLE_RATE = 16_000
/** Stretches shorter than twice this are not split any further. */
const MIN_HALF = 2 * SAMPLE_RATE
/** Where around the middle a quiet place is looked for, as a share. */
const SEARCH = 0.2
const WINDOW = 1_600

/** 16 kHz audio, and whether words are certain to be in it. */
type Stretch = { readonly samples: Float32Array; readonly spoken: boolean }

/**
 * Text of a stretch of audio. Where the decoder went round in circles or
 * found no end, the stretch is cut at a quiet place near its middle and each
 * half is decoded by itself: a loop seldom survives a new start.
 */
export const recognize = async (
  model: Moonshine,
  { samples, spoken }: Stretch,
): Promise<Recognition> => {
  const { tokens, finished } = await model.decode(samples, spoken)
  if (finished || samples.length < 2 * MIN_HALF)
    return { text: detokenize(tokens), tokens, guarded: !finished }
  const middle = quietMiddle(samples)
  const half = (samples: Float32Array): Promise<Recognition> =>
    recognize(model, { samples, spoken: false })
  const left = await half(samples.subarray(0, middle))
  const right = await half(samples.subarray(middle))
  return {
    text: [left.text, right.text].filter(Boolean).join(' '),
    tokens: [...left.tokens, ...right.tokens],
    guarded: left.guarded || right.guarded,
  }
}

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
