import type * as Ort from 'onnxruntime-node'
import { EngineMissingError } from '../core/errors.ts'

export type { Ort }

/**
 * Loads the inference runtime, an optional dependency.
 *
 * @throws {EngineMissingError} where it is not installed or does not start
 */
export const loadOnnx = async (): Promise<typeof Ort> => {
  try {
    const module = (await import('onnxruntime-node')) as typeof Ort & {
      default?: typeof Ort
    }
    return module.default ?? module
  } catch (cause) {
    throw new EngineMissingError(
      'the speech engine is not installed (onnxruntime-node); ' +
        'run: ONNXRUNTIME_NODE_INSTALL=skip npm i onnxruntime-node@1.30',
      { cause },
    )
  }
}

/**
 * Options of every session. One thread each: two turns on two threads are
 * decoded faster than one turn on two, and workers are one a core. Memory
 * patterns help inputs of one shape only; turns have all lengths.
 */
export const sessionOptions: Ort.InferenceSession.SessionOptions = {
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  enableMemPattern: false,
  executionMode: 'sequential',
  graphOptimizationLevel: 'all',
  logSeverityLevel: 3,
}
