import { Stage } from '../core/stage.ts'
import type { TranscriptEvent } from '../core/transcript-event.ts'

/** What does the work of a {@link ServiceStage}. */
export type ServiceWorker = {
  /** Frees all it holds. */
  destroy(): Promise<void>
}

/**
 * A stage that asks a service. What speaks to it is loaded when the stage
 * opens, for it is slow to load and many never need it.
 */
export abstract class ServiceStage<
  In,
  Worker extends ServiceWorker,
> extends Stage<In, TranscriptEvent> {
  #worker: Worker | undefined

  /** Loads what does the work, and starts it. */
  protected abstract open(): Promise<Worker>

  /** What does the work; there is one whenever something is written. */
  protected get worker(): Worker {
    return this.#worker!
  }

  override _construct(done: (error?: Error | null) => void): void {
    this.open().then(
      worker => {
        this.#worker = worker
        done()
      },
      // Node would wrap both errors of a stage that is destroyed by now.
      (error: Error) => done(this.destroyed ? null : error),
    )
  }

  override _destroy(
    error: Error | null,
    done: (error?: Error | null) => void,
  ): void {
    const worker = this.#worker
    if (!worker) return done(error)
    worker.destroy().then(
      () => done(error),
      (problem: Error) => done(error ?? problem),
    )
  }
}
