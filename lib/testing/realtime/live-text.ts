import { newId } from '../../openai/wire/ids.ts'
import { piecesOf } from '../../openai/wire/spoken-text.ts'
import type { SampleQueue } from './sample-queue.ts'
import type { Transcripts } from './transcripts.ts'

/**
 * What a live model says of a turn while it is spoken: its words, but for the
 * last, which may not have ended yet. It takes nothing back.
 */
export class LiveText {
  /** Id that the turn will have. */
  readonly id: string = newId('item')
  readonly #transcripts: Transcripts
  /** How much had come when. */
  readonly #arrived: { readonly length: number; readonly at: number }[] = []
  #said = ''
  #looked = 0
  #busy = false
  #over = false

  constructor(transcripts: Transcripts) {
    this.#transcripts = transcripts
  }

  /** More audio has come. */
  look(queue: SampleQueue): void {
    const { liveSamples } = this.#transcripts
    this.#arrived.push({ length: queue.length, at: performance.now() })
    if (this.#busy || queue.length - this.#looked < liveSamples) return
    this.#looked = queue.length
    this.#busy = true
    this.#transcripts.hear(queue.peek(), this.#transcripts.turns + 1, text => {
      this.#busy = false
      if (text !== undefined) this.#say(text)
    })
  }

  /** What it has heard of a turn by now: it lags behind. */
  heardOf(audio: Int16Array): Int16Array {
    const { lagMs } = this.#transcripts
    if (lagMs === 0) return audio
    const by = performance.now() - lagMs
    const last = this.#arrived.findLast(({ at }) => at <= by)
    return audio.subarray(0, last?.length ?? 0)
  }

  /** The turn is committed: what is left to say of its text. */
  restOf(text: string): string {
    this.#over = true
    return text.startsWith(this.#said) ? text.slice(this.#said.length) : ''
  }

  #say(text: string): void {
    if (this.#over) return
    const known = piecesOf(text).slice(0, -1).join('')
    if (!known.startsWith(this.#said)) return
    const fresh = known.slice(this.#said.length)
    this.#said = known
    for (const piece of piecesOf(fresh)) this.#transcripts.delta(this.id, piece)
  }
}
