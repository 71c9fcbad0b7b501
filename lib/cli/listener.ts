import type { TranscriptEvent } from '../index.ts'
import { exitCode, type ExitCode } from './exit-code.ts'

const damages = new Set(['VOX_TRUNCATED', 'VOX_DECODE'])

/** Follows a transcript's events for what they say of its completeness. */
export class Listener {
  /** Whether any text came. */
  heard = false
  /** Whether the transcript came to its end, if not to the source's. */
  ended = false
  /** Length of the source, known at the end. */
  durationMs = 0
  #gaps = 0
  #capped = false
  #damaged = false
  #complete = false

  hear(event: TranscriptEvent): void {
    switch (event.type) {
      case 'final':
        this.heard = true
        break
      case 'gap':
        this.#gaps++
        break
      case 'warning':
        this.#capped ||= event.code === 'VOX_MAX_DURATION'
        this.#damaged ||= damages.has(event.code)
        break
      case 'end':
        this.ended = true
        this.#complete = event.complete
        this.durationMs = event.duration
    }
  }

  /** Whether there is a transcript of some of the input. */
  get some(): boolean {
    return this.heard || this.ended
  }

  /** Why the transcript is not of everything, where no warning said so. */
  get problem(): string | undefined {
    if (this.#gaps > 0)
      return `${this.#gaps} ${this.#gaps === 1 ? 'stretch' : 'stretches'} of audio could not be transcribed; marked as gaps in the result`
    const told = this.#complete || this.#damaged || this.#capped
    return told ? undefined : 'the transcript is not complete'
  }

  /** Input that was cut short or damaged is told, and alone no failure. */
  get exitCode(): ExitCode {
    return this.#capped || this.problem !== undefined
      ? exitCode.incomplete
      : exitCode.ok
  }
}
