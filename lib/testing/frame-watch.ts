import { readNumbers } from './number-code.ts'

/** Samples with which a frame's number can be told. */
const READABLE = 7

/** Tells which numbered frames begin in audio that comes in portions. */
export class FrameWatch {
  #tail = new Int16Array(0)
  #current: number | undefined

  /** Indexes of the frames that these samples are the first to show. */
  push(samples: Int16Array): number[] {
    const audio = new Int16Array(this.#tail.length + samples.length)
    audio.set(this.#tail)
    audio.set(samples, this.#tail.length)
    this.#tail = audio.slice(-READABLE + 1)
    const begun: number[] = []
    for (const { index } of readNumbers(audio)) {
      if (index === undefined || index === this.#current) continue
      this.#current = index
      begun.push(index)
    }
    return begun
  }
}
