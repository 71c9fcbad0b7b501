import { EngineWorker } from './engine-worker.ts'
import { resolveModel, type ResolveModelOptions } from './model-store.ts'
import type { VadResult, VadState } from './silero.ts'

type Shared = { activity: Promise<VoiceActivity>; users: number }

/** By the folder of models that they come from. */
const shared = new Map<string, Shared>()

/**
 * A voice activity detector in a thread of its own, shared by all who want
 * one from the same folder of models.
 */
export class VoiceActivity {
  readonly #worker: EngineWorker
  #last: Promise<unknown> = Promise.resolve()

  private constructor(vad: string) {
    this.#worker = new EngineWorker({ vad })
  }

  /**
   * Finds or fetches the model, and starts the thread if there is none.
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

  /** Gives it back; the last one ends the thread. */
  static async release(options: ResolveModelOptions): Promise<void> {
    const key = options.modelDir ?? ''
    const one = shared.get(key)
    if (!one || --one.users > 0) return
    shared.delete(key)
    await (await one.activity).#worker.close()
  }

  /** Rates frames of 16 kHz audio for speech. */
  detect(samples: Float32Array, state?: VadState): Promise<VadResult> {
    const answer = this.#last.then(() =>
      this.#worker.run({ type: 'detect', samples, ...(state && { state }) }),
    )
    this.#last = answer.catch(() => {})
    return answer.then(answer => {
      if (answer.type !== 'detected') throw new Error('no answer of a detector')
      return answer.result
    })
  }
}
