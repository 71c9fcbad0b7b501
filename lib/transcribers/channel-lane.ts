import { once } from 'node:events'
import type { Duplex } from 'node:stream'
import type { AudioChunk } from '../core/audio-chunk.ts'
import type { StageWarning } from '../core/stage.ts'
import type { TranscriptEvent } from '../core/transcript-event.ts'

/** Stages from the AudioChunks of a channel to its TranscriptEvents. */
export type ChannelStages = readonly [Duplex, ...Duplex[]]

/** What a {@link ChannelLane} tells. */
export type ChannelHandlers = {
  readonly onEvent: (event: TranscriptEvent) => void
  readonly onWarning: (warning: StageWarning) => void
  readonly onError: (error: Error) => void
  /** Called when {@link ChannelLane.settled} may be another. */
  readonly onSettled: () => void
}

/** What transcribes one channel of several. */
export class ChannelLane {
  readonly #stages: ChannelStages
  readonly #ended: Promise<unknown>

  constructor(stages: ChannelStages, handlers: ChannelHandlers) {
    const { onEvent, onWarning, onError, onSettled } = handlers
    this.#stages = stages
    for (const [i, stage] of stages.entries()) {
      stage.on('error', onError)
      stage.on('warning', onWarning)
      const next = stages[i + 1]
      if (next) stage.pipe(next)
    }
    this.#ended = once(this.#last, 'end')
    this.#ended.catch(() => {}) // it is told by onError
    this.#last.on('data', onEvent)
    this.#last.on('settled', onSettled)
  }

  /**
   * No final or gap that is still to come begins before, in ms, where that is
   * known.
   */
  get settled(): number {
    const last: Duplex & { readonly settled?: number } = this.#last
    // What has not been read is not there yet.
    return last.readableLength > 0 ? 0 : (last.settled ?? 0)
  }

  /** Takes more audio. Resolves when more is welcome. */
  async write(chunk: AudioChunk): Promise<void> {
    const [first] = this.#stages
    if (!first.write(chunk)) await once(first, 'drain')
  }

  /** Resolves when the last event has been told. */
  async end(): Promise<void> {
    this.#stages[0].end()
    await this.#ended
  }

  /** Frees what it holds. */
  destroy(error: Error | null): void {
    for (const stage of this.#stages) stage.destroy(error ?? undefined)
  }

  get #last(): Duplex {
    return this.#stages.at(-1)!
  }
}
