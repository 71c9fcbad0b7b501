import { EngineFailedError } from '../../core/errors.ts'
import {
  resolveModel,
  type ModelFiles,
  type ResolveModelOptions,
} from '../model-store.ts'
import type {
  DetectOptions,
  VoiceActivity,
  VoiceActivityResult,
} from '../voice-activity.ts'
import type { VadState } from './silero.ts'
import { EngineProcess } from './engine-process.ts'

/** Detectors by the folder of their models. */
const shared = new Map<
  string,
  { readonly detector: Promise<SileroProcess>; users: number }
>()

/**
 * Silero VAD in a child process. All detectors with the same folder of models
 * share a process, which ends when the last of them is closed. The first job
 * finds or downloads the model. If the process crashes, its jobs fail and the
 * next one starts a new process.
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
  ): Promise<VoiceActivityResult> {
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
  const one = shared.get(key) ?? {
    detector: resolveModel('silero-vad', options).then(
      models => new SileroProcess(models),
    ),
    users: 0,
  }
  one.users++
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
  readonly #models: ModelFiles<'vad'>
  #process = new EngineProcess()
  #closed = false

  constructor(models: ModelFiles<'vad'>) {
    this.#models = models
  }

  async detect(
    samples: Float32Array,
    state: VadState | undefined,
  ): Promise<VoiceActivityResult> {
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
