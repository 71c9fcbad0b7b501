import type { MoonshineModel } from '../model-catalog.ts'
import type { MoonshineResult } from '../moonshine/recognize.ts'
import type { VadResult, VadState } from './silero.ts'

/** The verified model files. */
export type EngineModels = {
  readonly vad: string
  /** Absent if the engine only detects voice activity. */
  readonly recogniser?: MoonshineModel
}

/** A job of an inference thread, which does one at a time. */
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
      /** Whether to decode it sooner, with two threads. */
      readonly live: boolean
    }
  | {
      readonly type: 'partial'
      readonly samples: Float32Array
      readonly draft: readonly number[]
    }

/** The answer to a job. */
export type Answer =
  | { readonly type: 'detected'; readonly result: VadResult }
  | { readonly type: 'recognized'; readonly result: MoonshineResult }
  | {
      readonly type: 'failed'
      readonly code?: string
      readonly message: string
    }

/** A job with a number that identifies its answer, or only to load the model. */
export type EngineTask = { readonly id: number; readonly job: Job } | 'load'

/** The answer to the job with this number. */
export type TaskAnswer = { readonly id: number; readonly answer: Answer }

/** A message to the engine's process. */
export type EngineMessage =
  | { readonly models: EngineModels }
  | { readonly thread: number; readonly task: EngineTask }
