/** One fault, as one engine came through it. */
export type FaultRow = {
  /** `voxpipe`, or the name of a competitor. */
  readonly engine: string
  /** Number of the table of faults: `F1`. */
  readonly id: string
  /** `connection reset`, `session expired`, … */
  readonly fault: string
  /** Numbered words that were said, in all runs. */
  readonly words: number
  readonly lost: number
  readonly doubled: number
  /** Words that came in the wrong order. */
  readonly reordered: number
  /** Words that the reader was told are missing. */
  readonly told: number
  /**
   * From the fault to the first final that was not there before it, in ms;
   * median of the runs. Null where none came.
   */
  readonly recoveryMs: number | null
  readonly runs: number
  /** Errors and warnings that the reader got. */
  readonly reports: number
}

/** What the suite found out. */
export type FaultsData = { readonly rows: readonly FaultRow[] }
