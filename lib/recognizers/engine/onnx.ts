import { availableParallelism } from 'node:os'
import type * as Ort from 'onnxruntime-node'
import { EngineMissingError } from '../../core/errors.ts'
import { PERMISSIONS } from './engine-messages.ts'

export type { Ort }

/**
 * Loads the inference runtime, an optional dependency.
 *
 * @throws {EngineMissingError} if it is not installed or cannot be loaded
 */
export const loadOnnx = async (): Promise<typeof Ort> => {
  try {
    const module = (await import('onnxruntime-node')) as typeof Ort & {
      default?: typeof Ort
    }
    return module.default ?? module
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ERR_DLOPEN_DISABLED')
      throw new EngineMissingError(
        'Node does not allow the native code of the speech engine to load; ' +
          `start it with ${PERMISSIONS}`,
        { cause },
      )
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
 * patterns help inputs of one shape only; turns have all lengths. Weights
 * that are kept as int8 but used as floats are turned into floats once, not
 * at each run: that was a third of a decoder's time.
 */
export const sessionOptions: Ort.InferenceSession.SessionOptions = {
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  enableMemPattern: false,
  executionMode: 'sequential',
  graphOptimizationLevel: 'all',
  logSeverityLevel: 3,
  extra: { session: { disable_quant_qdq: '1' } },
}

/**
 * The same with two threads, for what somebody waits for: on two cores an
 * encoder takes little more than half the time, and gives the same to the
 * bit. Threads that have nothing to do sleep, or they would cost as much
 * again.
 */
export const hurriedOptions: Ort.InferenceSession.SessionOptions = {
  ...sessionOptions,
  intraOpNumThreads: Math.min(2, availableParallelism()),
  extra: {
    session: { disable_quant_qdq: '1', intra_op: { allow_spinning: '0' } },
  },
}
