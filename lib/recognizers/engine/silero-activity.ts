import { EngineFailedError } from '../../core/errors.ts'
import { resolveModel, type ResolveModelOptions } from '../model-store.ts'
import type {
  DetectOptions,
  VoiceActivity,
  VoiceRating,
} from '../voice-activity.ts'
import type { VadState } from './silero.ts'
import { EngineProcess } from './engine-process.ts'

type SharedDetector = { detector: Promise<SileroProcess>; users: number }

/** The detectors, by the folder of their models. */
const shared = new Map<string, SharedDetector>()

/**
 * Silero VAD in a process of its own, which is shared by all that use the same
 * folder of models, and ends when the last of them is closed. The model is found
 * or fetched at the first job. If the process crashes, its jobs fail and the next
 * one starts another.
 *
 * Errors: `VOX_ENGINE_MISSING`, `VOX_ENGINE_FAILED`, `VOX_MODEL_MISSING`,
 * `VOX_MODEL_CORRUPT`.
 */
export class SileroActivity implements VoiceActivity {
  readonly #options: ResolveModelOptions
  #acquired: Promise<SileroProcess> | undefined
  #closed = false

  constructor(options: ResolveModelOptions = {}) {
    this.#options = options
  }

  async detect(
    samples: Float32Array,
    options: DetectOptions = {},
  ): Promise<VoiceRating> {
    if (this.#closed) throw new EngineFailedError('the engine is closed')
    this.#acquired ??= acquire(this.#options)
    this.#acquired.catch(() => (this.#acquired = undefined)) // may try again
    const detector = await this.#acquired
    options.signal?.throwIfAborted()
    return detector.detect(samples, options.state as VadState | undefined)
  }

  async close(): Promise<void> {
    this.#closed = true
    const acquired = await this.#acquired?.catch(() => undefined)
    this.#acquired = undefined
    if (acquired) await release(this.#options)
  }
}

const acquire = async (
  options: ResolveModelOptions,
): Promise<SileroProcess> => {
  const key = options.modelDir ?? ''
  const known = shared.get(key)
  if (known) known.users++
  const one = known ?? {
    users: 1,
    detector: resolveModel('silero-vad', options).then(
      ({ vad }) => new SileroProcess(vad),
    ),
  }
  shared.set(key, one)
  try {
    return await one.detector
  } catch (error) {
    if (shared.get(key) === one) shared.delete(key) // the next tries again
    throw error
  }
}

/** Ends the process after its last user. */
const release = async (options: ResolveModelOptions): Promise<void> => {
  const key = options.modelDir ?? ''
  const one = shared.get(key)
  if (!one || --one.users > 0) return
  shared.delete(key)
  await (await one.detector).close()
}

class SileroProcess {
  readonly #models: { readonly vad: string }
  #process = new EngineProcess()
  #closed = false

  constructor(vad: string) {
    this.#models = { vad }
  }

  async detect(
    samples: Float32Array,
    state: VadState | undefined,
  ): Promise<VoiceRating> {
    if (this.#closed) throw new EngineFailedError('the engine is closed')
    if (this.#process.failure) this.#process = new EngineProcess()
    this.#process.use(this.#models)
    const job = { type: 'detect', samples, ...(state && { state }) } as const
    const answer = await this.#process.run(0, job)
    if (answer.type !== 'detected') throw new Error('no answer of a detector')
    return answer.result
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.#process.close()
  }
}
