import { rmSync } from 'node:fs'
import { mkdtemp, open, rm, type FileHandle } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { OutputError } from '../core/errors.ts'
import { atExit } from './at-exit.ts'

const failed = (error: unknown): OutputError =>
  new OutputError(
    `audio that waits for an answer cannot be kept in a temporary file (${(error as NodeJS.ErrnoException).code ?? 'unknown error'}): make room in ${tmpdir()} or set TMPDIR`,
    { cause: error },
  )

/**
 * Blocks of bytes in a private temporary file (folder 0700, file 0600). The
 * place of a block that is freed is used again, so the file is never longer
 * than what was in it at once. It goes away with {@link remove}, or with the
 * process.
 *
 * Errors: `VOX_OUTPUT` where the temporary folder cannot be written.
 */
export class BlockFile {
  readonly #blockBytes: number
  #file: Promise<FileHandle> | undefined
  #folder: string | undefined
  #places = 0
  readonly #free: number[] = []
  #offExit: (() => void) | undefined

  /** @param blockBytes length of the longest block */
  constructor(blockBytes: number) {
    this.#blockBytes = blockBytes
  }

  /** Writes a block; the answer is what {@link read} wants. */
  async write(block: Uint8Array): Promise<number> {
    const place = this.#free.pop() ?? this.#places++
    try {
      const file = await (this.#file ??= this.#open())
      let at = 0
      while (at < block.length) {
        const left = block.length - at
        const to = place * this.#blockBytes + at
        at += (await file.write(block, at, left, to)).bytesWritten
      }
    } catch (error) {
      throw failed(error)
    }
    return place
  }

  /** Reads the first bytes of a block. */
  async read(place: number, length: number): Promise<Buffer> {
    const block = Buffer.allocUnsafe(length)
    try {
      const file = await this.#file!
      let at = 0
      while (at < length) {
        const from = place * this.#blockBytes + at
        const { bytesRead } = await file.read(block, at, length - at, from)
        if (bytesRead === 0) throw new Error('it has been cut')
        at += bytesRead
      }
    } catch (error) {
      throw failed(error)
    }
    return block
  }

  /** Gives the place of a block away. */
  free(place: number): void {
    this.#free.push(place)
  }

  /** Closes and deletes it. */
  async remove(): Promise<void> {
    const file = await this.#file?.catch(() => undefined)
    await file?.close().catch(() => {})
    if (this.#folder) await rm(this.#folder, { recursive: true, force: true })
    this.#offExit?.()
  }

  async #open(): Promise<FileHandle> {
    const folder = await mkdtemp(join(tmpdir(), 'voxpipe-'))
    this.#folder = folder
    this.#offExit = atExit(() =>
      rmSync(folder, { recursive: true, force: true }),
    )
    return open(join(folder, 'audio'), 'wx+', 0o600)
  }
}
