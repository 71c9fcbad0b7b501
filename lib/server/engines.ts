import { EnginePool } from '../engine/engine-pool.ts'
import type { LocalModel } from './served-models.ts'
import type { ResolvedServerOptions } from './server-options.ts'

/** The engines of a server: one pool a model, made when it is first needed. */
export class Engines {
  readonly #options: ResolvedServerOptions
  readonly #pools = new Map<string, EnginePool>()

  constructor(options: ResolvedServerOptions) {
    this.#options = options
  }

  /** The engine that answers for a model. */
  poolOf({
    engine = this.#options.model,
  }: Pick<LocalModel, 'engine'>): EnginePool {
    const { modelDir, workers } = this.#options
    const pool =
      this.#pools.get(engine) ??
      new EnginePool({
        model: engine,
        ...(modelDir !== undefined && { modelDir }),
        ...(workers !== undefined && { workers }),
      })
    this.#pools.set(engine, pool)
    return pool
  }

  /** Starts what answers to OpenAI's names; resolves when it is warm. */
  warmUp(): Promise<void> {
    return this.poolOf({}).warmUp()
  }

  /** Ends all workers. */
  async close(): Promise<void> {
    await Promise.all([...this.#pools.values()].map(pool => pool.close()))
  }
}
