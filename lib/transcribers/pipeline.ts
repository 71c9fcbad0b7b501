import type { Readable, Transform } from 'node:stream'
import type { StageWarning } from '../core/stage.ts'
import type { Source } from './source.ts'

/** From a source to a transcriber, not yet running. */
export type Pipeline = {
  readonly source: Source<unknown>
  /** Reads the source, and what is between it and the transcriber. */
  readonly stages: readonly [Readable, ...Transform[]]
  /** Gives TranscriptEvents. */
  readonly transcriber: Transform
  /** What is to be told before any audio is heard. */
  readonly warnings: readonly StageWarning[]
}
