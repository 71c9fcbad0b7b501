import { Stage } from '../core/stage.ts'
import type { TranscriptEvent } from '../core/transcript-event.ts'

/** A transcriber whose errors wait until the events before them were read. */
export class PatientStage<In> extends Stage<In, TranscriptEvent> {
  #failure: Error | undefined

  /** Lets what has been transcribed be read, and fails then. */
  protected fail(error: Error): void {
    this.#failure ??= error
    if (this.readableLength === 0) this.destroy(this.#failure)
  }

  /** Whether it has failed. */
  protected get failed(): boolean {
    return this.#failure !== undefined
  }

  // Whoever consumes events, by whatever way, does it by this. A narrower type
  // than Node's would keep the stage out of typed pipelines.
  override read(size?: number): any {
    const event: unknown = super.read(size)
    if (this.#failure && this.readableLength === 0)
      process.nextTick(() => this.destroy(this.#failure))
    return event
  }
}
