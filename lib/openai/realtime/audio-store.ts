import { BlockFile } from '../../io/temporary-files.ts'

const BYTES = 2
/** 1 s at 24 kHz. */
const BLOCK_SAMPLES = 24_000
/** Most unused blocks to keep for reuse: as many as a long turn has. */
const MAX_SPARE = 16

type Block = {
  readonly from: number
  length: number
  samples: Int16Array | undefined
  /** Place in the temporary file, once it is on disk. */
  place?: number
}

/**
 * Keeps audio that may have to be sent (again): s16le samples by their place in
 * the source. Beyond a limit the oldest go to a temporary file. Audio is
 * dropped only by {@link dropBefore}.
 */
export class AudioStore {
  readonly #maxBlocks: number
  #blocks: Block[] = []
  #inMemory = 0
  /** Reused, because long-lived blocks would cause slow garbage collections. */
  readonly #spare: Int16Array[] = []
  /** Sample after the last one appended. */
  end = 0
  readonly #file = new BlockFile(BLOCK_SAMPLES * BYTES)

  /** @param memoryMs most audio to keep in memory, in ms */
  constructor(memoryMs: number) {
    this.#maxBlocks = Math.max(2, Math.ceil(memoryMs / 1_000))
  }

  get start(): number {
    return this.#blocks[0]?.from ?? this.end
  }

  get spilled(): number {
    let samples = 0
    for (const block of this.#blocks)
      if (!block.samples) samples += block.length
    return samples
  }

  /** Appends samples at a place; after {@link end} for a jump. */
  append(samples: Float32Array, at: number): void {
    let from = 0
    while (from < samples.length) {
      const block = this.#blockFor(at + from)
      const room = BLOCK_SAMPLES - block.length
      const part = samples.subarray(from, from + room)
      toS16(part, block.samples!, block.length)
      block.length += part.length
      from += part.length
    }
    this.end = at + samples.length
  }

  async spill(): Promise<void> {
    while (this.#inMemory > this.#maxBlocks) {
      const block = this.#blocks.find(({ samples }) => samples)!
      const { samples, length } = block
      const place = await this.#file.write(bytesOf(samples!, 0, length))
      if (!this.#blocks.includes(block)) {
        this.#file.free(place) // it was forgotten meanwhile
        continue
      }
      this.#inMemory--
      block.samples = undefined
      block.place = place
    }
  }

  /**
   * Returns samples [from, to) of a run of audio as s16le, valid until {@link
   * dropBefore} drops them.
   */
  async read(from: number, to: number): Promise<Buffer> {
    const parts: Buffer[] = []
    const blocks = this.#blocks.filter(
      block => block.from < to && block.from + block.length > from,
    )
    for (const block of blocks) {
      const first = Math.max(0, from - block.from)
      const last = Math.min(block.length, to - block.from)
      if (block.samples) parts.push(bytesOf(block.samples, first, last))
      else
        parts.push(
          (await this.#file.read(block.place!, last * BYTES)).subarray(
            first * BYTES,
          ),
        )
    }
    return parts.length === 1 ? parts[0]! : Buffer.concat(parts)
  }

  dropBefore(sample: number): void {
    let first = this.#blocks[0]
    while (first && first.from + first.length <= sample) {
      // The last block is still being filled.
      if (this.#blocks.length === 1 && first.length < BLOCK_SAMPLES) return
      this.#blocks.shift()
      if (first.samples) {
        this.#inMemory--
        if (this.#spare.length < MAX_SPARE) this.#spare.push(first.samples)
      } else this.#file.free(first.place!)
      first = this.#blocks[0]
    }
  }

  async close(): Promise<void> {
    this.#blocks = []
    this.#inMemory = 0
    await this.#file.remove()
  }

  #blockFor(at: number): Block {
    const last = this.#blocks.at(-1)
    const fits =
      last?.samples &&
      last.length < BLOCK_SAMPLES &&
      last.from + last.length === at
    if (fits) return last
    const block: Block = {
      from: at,
      length: 0,
      samples: this.#spare.pop() ?? new Int16Array(BLOCK_SAMPLES),
    }
    this.#inMemory++
    this.#blocks.push(block)
    return block
  }
}

const bytesOf = (samples: Int16Array, from: number, to: number): Buffer =>
  Buffer.from(
    samples.buffer,
    samples.byteOffset + from * BYTES,
    (to - from) * BYTES,
  )

const toS16 = (from: Float32Array, to: Int16Array, at: number): void => {
  for (let i = 0; i < from.length; i++) {
    const sample = Math.round(from[i]! * 32_768)
    to[at + i] = sample > 32_767 ? 32_767 : sample < -32_768 ? -32_768 : sample
  }
}
