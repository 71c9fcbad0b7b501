/**
 * Silence that ends a turn, in ms: told to every engine, so that it can be
 * taken off what they measure.
 */
export const SILENCE_MS = 500

/** Long enough for silence, not the end of input, to end the last turn. */
export const TAIL_MS = 1_500
