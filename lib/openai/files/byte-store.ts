import { openAsBlob } from 'node:fs'
import { Spool } from '../../io/temporary-files.ts'

/** What is kept in memory; the rest goes to a file. */
export const MEMORY_BYTES: number = 4 << 20

/**
 * Keeps bytes so that they can be sent again and again: the first few
 * megabytes in memory, more in a private temporary file.
 */
export class ByteStore {
  #chunks: Uint8Array<ArrayBuffer>[] = []
  #spool: Spool | undefined
  #length = 0

  /** Bytes kept. */
  get length(): number {
    return this.#length
  }

  /**
   * Adds a copy of some bytes.
   *
   * @throws OutputError where they do not fit on the disk
   */
  async append(bytes: Uint8Array): Promise<void> {
    this.#length += bytes.length
    if (this.#spool) return this.#spool.write(bytes)
    this.#chunks.push(new Uint8Array(bytes))
    if (this.#length <= MEMORY_BYTES) return
    const spool = await Spool.open()
    this.#spool = spool
    for (const chunk of this.#chunks) await spool.write(chunk)
    this.#chunks = []
  }

  /** All bytes, to be read as often as needed until {@link remove}. */
  async blob(): Promise<Blob> {
    return this.#spool ? openAsBlob(this.#spool.path) : new Blob(this.#chunks)
  }

  /** Forgets the bytes, and deletes the file. */
  async remove(): Promise<void> {
    this.#chunks = []
    await this.#spool?.remove()
  }
}

/** How much of a blob is read at once. */
const READ_BYTES = 64 << 10

/** The bytes of a blob, piece by piece. */
export async function* bytesOf(blob: Blob): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < blob.size; at += READ_BYTES)
    yield new Uint8Array(await blob.slice(at, at + READ_BYTES).arrayBuffer())
}
