import type { TranscriptEvent } from '../../core/transcript-event.ts'

type Lane = { events: TranscriptEvent[]; closed: boolean }

/**
 * Puts the events of parts that are answered at the same time in the order of
 * the parts: those of the first open lane go out at once, the others wait.
 */
export class EventLanes {
  readonly #emit: (event: TranscriptEvent) => void
  readonly #lanes: Lane[] = []

  constructor(emit: (event: TranscriptEvent) => void) {
    this.#emit = emit
  }

  /** A lane behind all others. */
  open(): { push: (event: TranscriptEvent) => void; close: () => void } {
    const lane: Lane = { events: [], closed: false }
    this.#lanes.push(lane)
    return {
      push: event => {
        if (this.#lanes[0] === lane) this.#emit(event)
        else lane.events.push(event)
      },
      close: () => {
        lane.closed = true
        while (this.#lanes[0]?.closed) {
          this.#lanes.shift()
          for (const event of this.#lanes[0]?.events.splice(0) ?? [])
            this.#emit(event)
        }
      },
    }
  }
}
