import type { HeardWord } from './heard-words.ts'
import type { MoonshineModel } from './moonshine.ts'
import type { VadResult, VadState } from './silero.ts'

/** What a worker needs to start: verified files. */
export type WorkerData = {
  readonly vad: string
  /** None where only voice activity is asked for. */
  readonly recogniser?: MoonshineModel
}

/** What is asked of a worker; one job at a time. */
export type Job = Work | { readonly type: 'prepare' }

/** A job with audio. */
export type Work =
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

/** What was said in a stretch of audio. */
export type Recognition = {
  readonly words: readonly HeardWord[]
  /** Whether a guard against loops had to end the decoding. */
  readonly guarded: boolean
}

/** What a worker answers. */
export type Answer =
  | { readonly type: 'prepared' }
  | { readonly type: 'detected'; readonly result: VadResult }
  | { readonly type: 'recognized'; readonly result: Recognition }
  | {
      readonly type: 'failed'
      readonly code?: string
      readonly message: string
    }
