import type { RecognizedWord } from '../recognizer.ts'

/** Dimensions of a decoder's attention. */
export type CacheShape = {
  readonly layers: number
  readonly heads: number
  readonly headSize: number
}

/** Where the files of a Moonshine model are, and how its decoder is built. */
export type MoonshineModel = CacheShape & {
  readonly encoder: string
  readonly decoder: string
  /**
   * The head of its cross-attention that tells time best: when it chooses
   * the token after a word, it looks at where that word ended.
   */
  readonly clock: { readonly layer: number; readonly head: number }
}

/** What the detector remembers between frames; `undefined` at the start. */
export type VadState = {
  readonly memory: Float32Array
  readonly context: Float32Array
}

/** Probabilities of speech, one a frame, and the state to go on with. */
export type VadResult = {
  readonly probabilities: Float32Array
  readonly state: VadState
}

/** The verified files that inference needs. */
export type EngineModels = {
  readonly vad: string
  /** Absent where only voice activity is detected. */
  readonly recogniser?: MoonshineModel
}

/** What a thread of the engine does; one job at a time. */
export type Job =
  | {
      readonly type: 'detect'
      readonly samples: Float32Array
      readonly state?: VadState
    }
  | {
      readonly type: 'recognize'
      readonly samples: Float32Array
      readonly spoken: boolean
      /** Whether somebody waits for it. */
      readonly hurried: boolean
    }
  | {
      readonly type: 'guess'
      readonly samples: Float32Array
      readonly draft: readonly number[]
    }

/** What Moonshine heard in a stretch of audio. */
export type MoonshineResult = {
  readonly words: readonly RecognizedWord[]
  /** Whether a guard against loops had to end the decoding. */
  readonly guarded: boolean
}

/** What comes back for a job. */
export type Answer =
  | { readonly type: 'detected'; readonly result: VadResult }
  | { readonly type: 'recognized'; readonly result: MoonshineResult }
  | {
      readonly type: 'failed'
      readonly code?: string
      readonly message: string
    }

/** A job with the number that its answer carries; without one, load only. */
export type ThreadTask = { readonly id: number; readonly job: Job } | 'load'

/** An answer, on its way from a thread to whoever asked. */
export type ThreadAnswer = { readonly id: number; readonly answer: Answer }

/** What the engine's process is sent. */
export type EngineMessage =
  | { readonly models: EngineModels }
  | { readonly thread: number; readonly task: ThreadTask }

/** Flags of Node's permission model that the engine needs, for messages. */
export const PERMISSIONS =
  '--allow-child-process --allow-worker --allow-addons and --allow-fs-read'
