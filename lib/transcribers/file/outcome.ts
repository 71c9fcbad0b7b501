/** The service refuses what is shorter, in ms. */
export const MIN_MS = 100

/** Why there is a gap instead of a request. */
export const TOO_SHORT =
  'it is shorter than 0.1 s, which the service does not take'

/** What became of a source. */
export type Outcome = {
  readonly durationMs: number
  /** Why it could not be read to its end; what came before is transcribed. */
  readonly failure?: Error
}
