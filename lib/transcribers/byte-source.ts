import type { Readable } from 'node:stream'
import { openInput, type AudioInput } from '../io/open-input.ts'
import { Source } from './source.ts'

/** A source whose bytes are taken as they are. */
export class ByteSource extends Source<Uint8Array> {
  readonly #input: Readable

  /** Opens the input. */
  constructor(input: AudioInput, stop: AbortSignal | undefined) {
    super(stop)
    this.#input = openInput(input)
    this.#input.on('error', () => {}) // also told where it is read
  }

  override close(): void {
    this.#input.destroy()
  }

  protected override parts(): AsyncIterable<Uint8Array> {
    return this.#input as AsyncIterable<Uint8Array>
  }
}
