import { availableParallelism } from 'node:os'
import type * as Ort from 'onnxruntime-node'
import { EngineMissingError } from '../../core/errors.ts'
import { REQUIRED_PERMISSIONS } from './required-permissions.ts'

export type { Ort }

/**
 * Loads the inference runtime, an optional dependency.
 *
 * @throws {EngineMissingError} if it cannot be loaded
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
          `start it with ${REQUIRED_PERMISSIONS}`,
        { cause },
      )
    const [problem] = (cause as Error).message.split('\n')
    throw new EngineMissingError(
      `the speech engine (onnxruntime-node) cannot be loaded: ${problem}; ` +
        'on Linux it needs glibc, which Alpine lacks: use an image such as node:22-slim',
      { cause },
    )
  }
}

/**
 * Options of all sessions. Each has one thread: there is a worker per core, and
 * two turns in parallel on one thread each are faster than in sequence on two.
 * Memory patterns only help inputs of one shape; turns have any length.
 * `disable_quant_qdq` converts int8 weights that are used as floats once and
 * not at each run, where it took a third of a decoder's time.
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
 * Options of sessions for live speech, with two threads: on two cores, an
 * encoder takes little more than half the time, with an identical result.
 * Spinning idle threads would double the cost.
 */
export const twoThreadOptions: Ort.InferenceSession.SessionOptions = {
  ...sessionOptions,
  intraOpNumThreads: Math.min(2, availableParallelism()),
  extra: {
    session: { disable_quant_qdq: '1', intra_op: { allow_spinning: '0' } },
  },
}
