import type { TranscriptEvent } from '../core/transcript-event.ts'
import type { Latency } from './latency.ts'
import type { Recognizer } from './recognizer.ts'
import type { TurnOptions } from './turn-segmenter.ts'
import type { VoiceActivity } from './voice-activity.ts'

/** Options of the sessions. */
export type SessionOptions = {
  readonly recognizer: Recognizer
  readonly voiceActivity: VoiceActivity
  /** What is spoken, and words that may come; the recogniser is told. */
  readonly language?: string
  readonly keywords?: readonly string[]
  /** By what rules voice activity cuts turns; for sessions that do so. */
  readonly turns?: TurnOptions
  /** Shows the text of a turn while it is open, so early. */
  readonly latency?: Latency
  /**
   * Whether somebody waits for the finals while they speak: they go before
   * the turns of files.
   * @default true with `latency`
   */
  readonly urgent?: boolean
  /** Called with each event, in order. */
  readonly onEvent: (event: TranscriptEvent) => void
  /**
   * Called once, when a turn could not be recognised; no final comes after
   * it. What `signal` ends is told here too.
   */
  readonly onError: (error: Error) => void
  /** Ends all work when aborted. */
  readonly signal: AbortSignal
}

/** What a commit calls, in one go with the `speech-end` between them. */
export type CommitHandlers = {
  /** All turns that ended by themselves have been told. */
  readonly before?: () => void
  /** @param turn name of the turn that ended here; undefined: none was open */
  readonly after?: (turn: string | undefined) => void
}

/**
 * One source's way through a recogniser: 16 kHz samples in, events out. What is
 * asked of a session is done in the order in which it was asked, and gives
 * the same finals however the samples were cut into pushes.
 */
export type SpeechSession = {
  /** Has the recogniser ready before somebody speaks, where somebody waits. */
  prepare(): void

  /**
   * Takes the next samples of the source. Resolves when more are welcome: a
   * source that is faster than the recogniser has to wait here.
   *
   * @param samples mono, 16 kHz; must stay as they are until it resolves
   * @param offset index of the first of them in the source; a jump forward is
   *   a gap and closes the open turn
   */
  push(samples: Float32Array, offset: number): Promise<void>

  /**
   * Looks at all whole frames that have come. Detection costs less in large
   * steps, so a session waits for 16 s by itself; this is for when no more
   * are at hand.
   */
  advance(): Promise<void>

  /**
   * The source pauses: where the voice has, too, the open turn is decoded as
   * if it were committed now, so that its final is at hand if it is. For
   * sessions with `latency`.
   *
   * @param tail samples that would be pushed before a commit
   */
  foresee?(tail: Float32Array): Promise<void>

  /**
   * Ends the open turn with the last sample pushed; what comes next belongs to
   * another. Its final follows in its order. Resolves when more audio is
   * welcome.
   */
  commit(told?: CommitHandlers): Promise<void>

  /** Forgets the audio that belongs to no closed turn: it gets no final. */
  clear(): Promise<void>

  /**
   * Hands out the audio that belongs to no closed turn, up to the last sample
   * pushed, for another session; this one forgets it. Silence that is too far
   * away from speech to be decoded with it is not among it.
   */
  leave(): Promise<Float32Array<ArrayBuffer>>

  /** Recognises what is left and resolves when the last event is out. */
  end(): Promise<void>

  /** No final or gap that is not out yet begins before this, in ms. */
  readonly settled: number
}
