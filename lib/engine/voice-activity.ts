import { EngineFailedError } from '../core/errors.ts'
import type { VadResult, VadState } from './engine-messages.ts'
import { EngineProcess } from './engine-process.ts'
import { resolveModel, type ResolveModelOptions } from './model-store.ts'

type Shared = { activity: Promise<VoiceActivity>; users: number }

/** By the folder of models that they come from. */
const shared = new Map<string, Shared>()

/**
 * A voice activity detector in a process of its own, shared by all who want
 * one from the same folder of models. If the process crashes, its jobs fail
 * and the next one starts another.
 */
export class VoiceActivity {
  readonly #models: { readonly vad: string }
  #process = new EngineProcess()
  #released = false

  private constructor(vad: string) {
    this.#models = { vad }
  }

  /**
   * Finds or fetches the model, and starts the process if there is none.
   *
   * @throws {ModelMissingError} where the model can't be had
   */
  static async acquire(options: ResolveModelOptions): Promise<VoiceActivity> {
    const key = options.modelDir ?? ''
    const known = shared.get(key)
    if (known) known.users++
    const one = known ?? {
      users: 1,
      activity: resolveModel('silero-vad', options).then(
        ({ vad }) => new VoiceActivity(vad),
      ),
    }
    shared.set(key, one)
    try {
      return await one.activity
    } catch (error) {
      if (shared.get(key) === one) shared.delete(key) // the next tries again
      throw error
    }
  }

  /** Gives it back; the last one ends the process. */
  static async release(options: ResolveModelOptions): Promise<void> {
    const key = options.modelDir ?? ''
    const one = shared.get(key)
    if (!one || --one.users > 0) return
    shared.delete(key)
    await (await one.activity).#close()
  }

  /** Rates frames of 16 kHz audio for speech. */
  async detect(samples: Float32Array, state?: VadState): Promise<VadResult> {
    if (this.#released) throw new EngineFailedError('the engine is closed')
    if (this.#process.failure) this.#process = new EngineProcess()
    this.#process.use(this.#models)
    const job = { type: 'detect', samples, ...(state && { state }) } as const
    const answer = await this.#process.run(0, job)
    if (answer.type !== 'detected') throw new Error('no answer of a detector')
    return answer.result
  }

  async #close(): Promise<void> {
    this.#released = true
    await this.#process.close()
  }
}
