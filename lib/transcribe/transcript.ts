import type { FinalEvent, TranscriptEvent } from '../core/transcript-event.ts'

/**
 * The events of one transcript. They can be read once: iterating continues
 * where an earlier iteration stopped, and there is nothing more after the last
 * event. {@link Transcript.text} reads what is left and returns the whole text,
 * including the finals that have been iterated.
 */
export class Transcript implements AsyncIterable<TranscriptEvent> {
  readonly #events: AsyncGenerator<TranscriptEvent>
  readonly #texts: string[] = []
  #failure: { readonly error: unknown } | undefined

  /** @internal */
  constructor(events: AsyncIterable<TranscriptEvent>) {
    this.#events = this.#read(events)
  }

  [Symbol.asyncIterator](): AsyncIterator<TranscriptEvent> {
    return this.#events
  }

  /**
   * Returns the whole text: all finals, joined by spaces. It can be called
   * again, and after an iteration; after one that was left early, it is the
   * text up to there.
   *
   * @throws {VoxpipeError} if the transcript failed, also if that was thrown
   * before
   */
  async text(): Promise<string> {
    for await (const _ of this.#events);
    if (this.#failure) throw this.#failure.error
    return this.#texts.join(' ')
  }

  async *#read(
    events: AsyncIterable<TranscriptEvent>,
  ): AsyncGenerator<TranscriptEvent> {
    try {
      for await (const event of events) {
        if (event.type === 'final') this.#keep(event)
        yield event
      }
    } catch (error) {
      this.#failure = { error }
      throw error
    }
  }

  #keep({ text }: FinalEvent): void {
    if (text !== '') this.#texts.push(text)
  }
}
