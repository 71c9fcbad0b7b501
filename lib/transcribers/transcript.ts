import type { TranscriptEvent } from '../core/transcript-event.ts'

/** Events of one transcript; iterate it once, or ask for its text. */
export class Transcript implements AsyncIterable<TranscriptEvent> {
  readonly #events: AsyncGenerator<TranscriptEvent>

  /** @internal */
  constructor(events: AsyncGenerator<TranscriptEvent>) {
    this.#events = events
  }

  [Symbol.asyncIterator](): AsyncIterator<TranscriptEvent> {
    return this.#events
  }

  /** The whole text: all finals, joined by spaces. */
  async text(): Promise<string> {
    const texts: string[] = []
    for await (const event of this.#events)
      if (event.type === 'final' && event.text) texts.push(event.text)
    return texts.join(' ')
  }
}
