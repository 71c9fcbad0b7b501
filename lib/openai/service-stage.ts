import { Stage } from '../core/stage.ts'
import type { TranscriptEvent } from '../core/transcript-event.ts'

export type ServiceWorker = {
  destroy(): Promise<void>
}

/**
 * A stage that calls a service. It loads its worker when it opens, because that
 * is slow and many programs never need it.
 */
export abstract class ServiceStage<In> extends Stage<In, TranscriptEvent> {
  #worker: ServiceWorker | undefined

  /** @internal */
  protected abstract open(): Promise<ServiceWorker>

  override _construct(done: (error?: Error | null) => void): void {
    this.open().then(
      worker => {
        this.#worker = worker
        done()
      },
      // If the stage is destroyed, Node would combine both errors.
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
