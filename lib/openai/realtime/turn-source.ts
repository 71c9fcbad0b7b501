import type { RealtimeSession } from './session.ts'

/** Whether something was sent, or how long to wait before more can be. */
export type Step = 'done' | 'idle' | { readonly waitMs: number }

/**
 * Who finds the turns of a source, and sends its audio: turns that were found
 * here, or all of it to a server that finds them.
 */
export type TurnSource = {
  /** Takes the samples that follow, once they are in the store. */
  push(samples: Float32Array, at: number): Promise<void>
  /** The run of audio ends here; the next begins at `next`. */
  jump(next: number): Promise<void>
  /** The source is over. */
  end(): Promise<void>
  /** Whether all turns are known, and no more will come. */
  readonly complete: boolean
  /** Sample before which no turn will begin that is not known. */
  readonly settled: number
  /** Samples that have come and were not sent, as far as they have to be. */
  readonly unsent: number
  /** Sends the next piece. */
  step(session: RealtimeSession): Promise<Step>
  /** Whether another session could go on here, with nothing sent twice. */
  between(session: RealtimeSession): boolean
  /** Another session goes on. */
  interrupt(): void
  /** Frees what it holds. */
  close(): Promise<void>
}
