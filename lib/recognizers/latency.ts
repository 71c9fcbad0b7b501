import { SAMPLES_PER_MS } from './recognizer.ts'

/**
 * How early a live engine's deltas come, against how often their final
 * corrects them.
 */
export const latencies = ['low', 'balanced', 'accurate'] as const

/** One of {@link latencies}. */
export type Latency = (typeof latencies)[number]

/** How often an open turn is transcribed, and which words are shown. */
export type LiveTextRule = {
  /** Minimum audio between two partial transcripts, in samples. */
  readonly step: number
  /** Minimum probability that a word is in the final. */
  readonly minProbability: number
  /** A word that did not change for this much audio is shown, in samples. */
  readonly stableFor: number
  /** A word transcribed twice that ended so long ago is shown, in samples. */
  readonly endedFor: number
}

const ruleOf = (
  stepMs: number,
  minProbability: number,
  stableForMs: number,
  endedForMs: number,
): LiveTextRule => ({
  step: stepMs * SAMPLES_PER_MS,
  minProbability,
  stableFor: stableForMs * SAMPLES_PER_MS,
  endedFor: endedForMs * SAMPLES_PER_MS,
})

/** The rule of each setting; measured, see docs/decisions/0006. */
export const liveTextRules: Readonly<Record<Latency, LiveTextRule>> = {
  low: ruleOf(50, 0.8, 300, 350),
  balanced: ruleOf(100, 0.92, 350, 500),
  accurate: ruleOf(150, 0.95, 400, 800),
}
