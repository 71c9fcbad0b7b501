import { rmSync } from 'node:fs'
import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { OutputError } from '../core/errors.ts'
import { atExit } from './at-exit.ts'

/** The most that is kept on disk for an input that cannot be piped. */
export const MAX_SPOOL_BYTES = 4 * 2 ** 30

const causeOf = (error: unknown): string =>
  (error as NodeJS.ErrnoException).code ?? 'unknown error'

const failed = (error: unknown): OutputError =>
  new OutputError(
    `the input cannot be kept in a temporary file (${causeOf(error)}): make room in ${tmpdir()} or set TMPDIR`,
    { cause: error },
  )

/**
 * A private temporary file: its folder is open to its owner alone (0700), it
 * is new (O_EXCL, 0600), and it goes away with `remove`, or with the process.
 */
export class Spool {
  readonly path: string
  readonly #folder: string
  readonly #file: FileHandle
  readonly #maxBytes: number
  #bytes = 0
  readonly #offExit: () => void

  private constructor(
    folder: string,
    path: string,
    file: FileHandle,
    maxBytes: number,
  ) {
    this.#folder = folder
    this.path = path
    this.#file = file
    this.#maxBytes = maxBytes
    this.#offExit = atExit(() =>
      rmSync(folder, { recursive: true, force: true }),
    )
  }

  /**
   * Makes an empty spool.
   *
   * @throws OutputError where the temporary folder cannot be written
   */
  static async open(maxBytes = MAX_SPOOL_BYTES): Promise<Spool> {
    try {
      const folder = await mkdtemp(join(tmpdir(), 'voxpipe-'))
      const path = join(folder, 'input')
      return new Spool(folder, path, await open(path, 'wx', 0o600), maxBytes)
    } catch (error) {
      throw failed(error)
    }
  }

  /**
   * Appends bytes.
   *
   * @throws OutputError where the disk is full, or the limit is reached
   */
  async write(bytes: Uint8Array): Promise<void> {
    this.#bytes += bytes.length
    if (this.#bytes > this.#maxBytes)
      throw new OutputError(
        `the input has its index at the end and is too long to keep (limit ${this.#maxBytes} bytes): move the index to the front (ffmpeg -c copy -movflags +faststart)`,
      )
    try {
      await this.#file.writeFile(bytes)
    } catch (error) {
      throw failed(error)
    }
  }

  /** Closes and deletes it. */
  async remove(): Promise<void> {
    await this.#file.close().catch(() => {})
    await rm(this.#folder, { recursive: true, force: true })
    this.#offExit()
  }
}
