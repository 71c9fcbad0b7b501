import { rmSync } from 'node:fs'
import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { OutputError } from '../core/errors.ts'

const cleanUps = new Set<() => void>()

const cleanUp = (): void => {
  for (const clean of cleanUps) clean()
}

/**
 * Calls a function when the process exits. All functions share one listener,
 * since Node warns of more than ten.
 *
 * @param clean must not throw
 * @returns cancels the call
 */
export const atExit = (clean: () => void): (() => void) => {
  if (cleanUps.size === 0) process.on('exit', cleanUp)
  cleanUps.add(clean)
  return () => {
    cleanUps.delete(clean)
    if (cleanUps.size === 0) process.off('exit', cleanUp)
  }
}

const cannotKeep = (what: string, error: unknown): OutputError =>
  new OutputError(
    `${what} cannot be written to a temporary file (${(error as NodeJS.ErrnoException).code ?? 'unknown error'}): make room in ${tmpdir()} or set TMPDIR`,
    { cause: error },
  )

/** A new file (O_EXCL, 0600) in a folder for its owner alone (0700). */
class TemporaryFile {
  readonly path: string
  readonly file: FileHandle
  readonly #folder: string
  readonly #offExit: () => void

  private constructor(folder: string, path: string, file: FileHandle) {
    this.#folder = folder
    this.path = path
    this.file = file
    this.#offExit = atExit(() =>
      rmSync(folder, { recursive: true, force: true }),
    )
  }

  static async open(name: string, flags: string): Promise<TemporaryFile> {
    const folder = await mkdtemp(join(tmpdir(), 'voxpipe-'))
    const path = join(folder, name)
    try {
      return new TemporaryFile(folder, path, await open(path, flags, 0o600))
    } catch (error) {
      await rm(folder, { recursive: true, force: true })
      throw error
    }
  }

  async remove(): Promise<void> {
    await this.file.close().catch(() => {})
    await rm(this.#folder, { recursive: true, force: true })
    this.#offExit()
  }
}

/** Maximum size on disk of an input that cannot be piped. */
export const MAX_SPOOL_BYTES = 4 * 2 ** 30

/**
 * Bytes in a private temporary file, which is deleted by `remove` or when the
 * process exits.
 */
export class Spool {
  readonly path: string
  readonly #temporary: TemporaryFile
  readonly #maxBytes: number
  #bytes = 0

  private constructor(temporary: TemporaryFile, maxBytes: number) {
    this.path = temporary.path
    this.#temporary = temporary
    this.#maxBytes = maxBytes
  }

  /** @throws {OutputError} if the temporary folder cannot be written */
  static async open(maxBytes = MAX_SPOOL_BYTES): Promise<Spool> {
    try {
      return new Spool(await TemporaryFile.open('input', 'wx'), maxBytes)
    } catch (error) {
      throw cannotKeep('the input', error)
    }
  }

  /** @throws {OutputError} if the disk is full, or the limit is reached */
  async write(bytes: Uint8Array): Promise<void> {
    this.#bytes += bytes.length
    if (this.#bytes > this.#maxBytes)
      throw new OutputError(
        `the input has its index at the end and is too large for a temporary file (limit ${this.#maxBytes} bytes): move the index to the front (ffmpeg -c copy -movflags +faststart)`,
      )
    try {
      await this.#temporary.file.writeFile(bytes)
    } catch (error) {
      throw cannotKeep('the input', error)
    }
  }

  remove(): Promise<void> {
    return this.#temporary.remove()
  }
}

/**
 * Blocks of bytes in a private temporary file, which is deleted by {@link
 * remove} or when the process exits. Freed blocks are reused.
 *
 * Errors: `VOX_OUTPUT` if the temporary folder cannot be written.
 */
export class BlockFile {
  readonly #blockBytes: number
  #opening: Promise<TemporaryFile> | undefined
  #blocks = 0
  readonly #free: number[] = []

  /** @param blockBytes length of the longest block */
  constructor(blockBytes: number) {
    this.#blockBytes = blockBytes
  }

  /** Writes a block and returns its index. */
  async write(block: Uint8Array): Promise<number> {
    const index = this.#free.pop() ?? this.#blocks++
    try {
      this.#opening ??= TemporaryFile.open('audio', 'wx+')
      const { file } = await this.#opening
      let at = 0
      while (at < block.length) {
        const left = block.length - at
        const to = index * this.#blockBytes + at
        at += (await file.write(block, at, left, to)).bytesWritten
      }
    } catch (error) {
      throw cannotKeep('audio that has no transcript yet', error)
    }
    return index
  }

  /** Reads the first bytes of a block. */
  async read(index: number, length: number): Promise<Buffer> {
    const block = Buffer.allocUnsafe(length)
    try {
      const { file } = await this.#opening!
      let at = 0
      while (at < length) {
        const from = index * this.#blockBytes + at
        const { bytesRead } = await file.read(block, at, length - at, from)
        if (bytesRead === 0) throw new Error('it has been cut')
        at += bytesRead
      }
    } catch (error) {
      throw cannotKeep('audio that has no transcript yet', error)
    }
    return block
  }

  free(index: number): void {
    this.#free.push(index)
  }

  async remove(): Promise<void> {
    const temporary = await this.#opening?.catch(() => undefined)
    await temporary?.remove()
  }
}
