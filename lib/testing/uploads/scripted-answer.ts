import type { UploadRecord } from './upload-record.ts'

/** An answer to an upload in place of the server's own. */
export type ScriptedAnswer = {
  /** @default 200 */
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  /** Text as it is, or a value that becomes JSON. */
  readonly body?: unknown
}

/**
 * Answers an upload, the `attempt`-th of the server; undefined: the server
 * answers itself.
 */
export type Respond = (
  request: Omit<UploadRecord, 'status'>,
  attempt: number,
) => ScriptedAnswer | undefined
