import type { MoonshineModel } from '../model-catalog.ts'
import type { MoonshineResult } from '../moonshine/recognize.ts'
import type { VadResult, VadState } from './silero.ts'

export type EngineModels = {
  readonly vad: string
  /** Absent if the engine only detects voice activity. */
  readonly recogniser?: MoonshineModel
}

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
      /** Whether to decode with two threads, to get the result sooner. */
      readonly live: boolean
    }
  | {
      readonly type: 'partial'
      readonly samples: Float32Array
      readonly draft: readonly number[]
    }

export type Answer =
  | { readonly type: 'detected'; readonly result: VadResult }
  | { readonly type: 'recognized'; readonly result: MoonshineResult }
  | {
      readonly type: 'failed'
      readonly code?: string
      readonly message: string
    }

/** A job, identified by a number, or a request to load the model. */
export type EngineTask = { readonly id: number; readonly job: Job } | 'load'

export type TaskAnswer = { readonly id: number; readonly answer: Answer }

/** A message to the engine's process. */
export type EngineMessage =
  | { readonly models: EngineModels }
  | { readonly thread: number; readonly task: EngineTask }
