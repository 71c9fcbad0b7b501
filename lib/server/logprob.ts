import type { Word } from '../core/transcript-event.ts'

/** Probabilities come with three decimals: none is less likely than this. */
const LEAST = 0.0005

/** Natural logarithm of how likely a word is. */
export const logprobOf = ({ probability = 1 }: Word): number =>
  Math.log(Math.max(LEAST, probability))
