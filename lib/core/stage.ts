import { Transform, type TransformCallback } from 'node:stream'
import type { ErrorCode } from './errors.ts'

/**
 * Something worth telling that does not stop a stage. Stages emit it as
 * `'warning'`; `transcribe()` puts it among its events.
 */
export type StageWarning = {
  readonly code: ErrorCode
  readonly message: string
}

declare const input: unique symbol
declare const output: unique symbol

/**
 * A {@link Transform} that knows what it takes and what it gives. The two
 * type-only fields are read by {@link chunksOf}; narrowing
 * `[Symbol.asyncIterator]` instead would make the class unassignable to
 * `NodeJS.ReadWriteStream` and break every typed `pipeline()`.
 */
export class Stage<In, Out> extends Transform {
  declare readonly [input]: In
  declare readonly [output]: Out
}

/** The output of a stage as a typed async iterable. */
export const chunksOf = <Out>(stage: Stage<unknown, Out>): AsyncIterable<Out> =>
  stage as AsyncIterable<Out>

export type { TransformCallback }
