import type { TranscriptEvent } from '../core/transcript-event.ts'
import type { Latency } from './live-text.ts'
import type { Recognizer } from './recognizer.ts'
import type { TurnOptions } from './turn-segmenter.ts'
import type { VoiceActivity } from './voice-activity.ts'

export type SpeechSessionOptions = {
  readonly recognizer: Recognizer
  readonly voiceActivity: VoiceActivity
  readonly language?: string
  readonly keywords?: readonly string[]
  /** Turn detection; not for manual turns. */
  readonly turns?: TurnOptions
  /** Without it, no deltas are emitted. */
  readonly latency?: Latency
  /**
   * Whether finals take precedence over those of files.
   * @default true with `latency`
   */
  readonly urgent?: boolean
  readonly onEvent: (event: TranscriptEvent) => void
  /**
   * Called once, if the recogniser fails or `signal` is aborted. No final
   * follows.
   */
  readonly onError: (error: Error) => void
  /** Stops all work when aborted. */
  readonly signal: AbortSignal
}

/** Called synchronously in a row, with the `speech-end` in between. */
export type CommitHandlers = {
  /** Called when the `speech-end` of all earlier turns has been emitted. */
  readonly before?: () => void
  /** @param turn the turn that the commit ended, if one was open */
  readonly after?: (turn: string | undefined) => void
}

/**
 * Transcribes one source: 16 kHz samples in, events out. Calls are processed in
 * order. Finals do not depend on how the samples are cut into pushes.
 */
export type SpeechSession = {
  /** Warms up the recogniser if the source is live. */
  prepare(): void

  /**
   * Takes the next samples. Resolves when the session can take more, so that
   * the source does not outrun the recogniser.
   *
   * @param samples mono, 16 kHz; must not change until the promise resolves
   * @param offset index of the first sample in the source; a jump forward is a
   *   gap and closes the open turn
   */
  push(samples: Float32Array, offset: number): Promise<void>

  /**
   * Processes all whole frames now. Otherwise the session buffers 16 s, because
   * detection costs less in large batches.
   */
  process(): Promise<void>

  /**
   * Starts decoding the final of the open turn if the speaker has paused, so
   * that a commit that follows soon gets it sooner. For sessions with
   * `latency`.
   *
   * @param tail samples that would be pushed before the commit
   */
  prefetchFinal?(tail: Float32Array): Promise<void>

  /**
   * Ends the open turn after the last sample pushed. Its final follows in
   * order. Resolves when the session can take more audio.
   */
  commit(handlers?: CommitHandlers): Promise<void>

  /** Discards the audio after the last closed turn; it gets no final. */
  clear(): Promise<void>

  /**
   * Removes and returns the audio after the last closed turn, for another
   * session: the open turn, or the padding of the next one.
   */
  drainUncommitted(): Promise<Float32Array<ArrayBuffer>>

  /** Transcribes the rest and resolves after the last event. */
  end(): Promise<void>

  /** All further finals and gaps begin at or after this time, in ms. */
  readonly settled: number
}
