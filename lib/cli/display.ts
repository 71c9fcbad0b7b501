import type { TranscriptEvent } from '../index.ts'

/** What is needed of a terminal; `process.stdout` is one. */
export type Screen = {
  /** Its width in characters, as it is now. */
  readonly columns?: number
  write(text: string, done: (error?: Error | null) => void): unknown
}

/** Shows a transcript on a terminal as it is spoken. */
export interface Display {
  /** Shows an event. Rejects where the screen cannot be written to. */
  show(event: TranscriptEvent): Promise<void>
  /** Lets somebody else print whole lines above what may still change. */
  around(print: () => void): void
  /** Ctrl-C was typed, and the terminal has shown that as `^C`. */
  interrupted(): void
  /** The transcript ends; another may follow. What is shown stays. */
  end(): Promise<void>
}
