/** What must come of a fault: all words, or the word that some are missing. */
export type Must = 'recover' | 'tell'

/** One fault, as one engine came through it. */
export type FaultRow = {
  /** `voxpipe`, or the name of a competitor. */
  readonly engine: string
  /** Number of the table of faults, `F1`; `none` where there is no fault. */
  readonly id: string
  /** `connection reset`, `session expired`, … */
  readonly fault: string
  readonly must: Must
  /** Numbered words that were said, in all runs. */
  readonly words: number
  /** Words that never came. */
  readonly lost: number
  /** Words that came more than once. */
  readonly doubled: number
  /** Words that came in the wrong order. */
  readonly reordered: number
  /** Parts of words. */
  readonly broken: number
  /** Lost words that the reader was told are missing. */
  readonly told: number
  /**
   * From the fault to the first final that was not there before it, in ms;
   * median of the runs. Null where none came.
   */
  readonly recoveryMs: number | null
  /** The same of each run. */
  readonly recoveries: readonly (number | null)[]
  readonly runs: number
  /** Errors and warnings that the reader got. */
  readonly reports: number
}

/** What the suite found out. */
export type FaultsData = { readonly rows: readonly FaultRow[] }
