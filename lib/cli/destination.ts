import { open, rename, rm, type FileHandle } from 'node:fs/promises'
import { join, parse } from 'node:path'
import { outputError } from './output-error.ts'

/** Where the text of one transcript goes. */
export interface Destination {
  /** Rejects where it cannot be written, with an error fit to be shown. */
  write(text: string): Promise<void>
  /**
   * The transcript is whole.
   *
   * @returns the file that has it, if it is one
   */
  commit(): Promise<string | undefined>
  /**
   * The transcript is not whole.
   *
   * @param keep whether there is anything in it to keep
   * @returns the file that was kept, if any
   */
  abandon(keep: boolean): Promise<string | undefined>
}

/** `talk.srt` as `talk.partial.srt`. */
export const partialPath = (path: string): string => {
  const { dir, name, ext } = parse(path)
  return join(dir, `${name}.partial${ext}`)
}

/** A file that gets its name when it is whole. */
export class PartialFile implements Destination {
  readonly #path: string
  readonly #partial: string
  readonly #file: FileHandle

  private constructor(path: string, partial: string, file: FileHandle) {
    this.#path = path
    this.#partial = partial
    this.#file = file
  }

  static async open(path: string): Promise<PartialFile> {
    const partial = partialPath(path)
    try {
      // Made anew, so that nothing is written through a link left there.
      await rm(partial, { force: true })
      return new PartialFile(path, partial, await open(partial, 'wx'))
    } catch (error) {
      throw outputError(path, error)
    }
  }

  async write(text: string): Promise<void> {
    try {
      await this.#file.appendFile(text)
    } catch (error) {
      throw outputError(this.#path, error)
    }
  }

  async commit(): Promise<string> {
    try {
      await this.#file.sync()
      await this.#file.close()
      await rename(this.#partial, this.#path)
    } catch (error) {
      throw outputError(this.#path, error)
    }
    return this.#path
  }

  async abandon(keep: boolean): Promise<string | undefined> {
    // Also after a commit that failed: the file may be closed already.
    await this.#file.close().catch(() => undefined)
    if (keep) return this.#partial
    await rm(this.#partial, { force: true })
    return undefined
  }
}

/** A device or a pipe with a name: nothing to rename. */
export class DirectFile implements Destination {
  readonly #path: string
  readonly #file: FileHandle

  private constructor(path: string, file: FileHandle) {
    this.#path = path
    this.#file = file
  }

  static async open(path: string): Promise<DirectFile> {
    try {
      return new DirectFile(path, await open(path, 'a'))
    } catch (error) {
      throw outputError(path, error)
    }
  }

  async write(text: string): Promise<void> {
    try {
      await this.#file.appendFile(text)
    } catch (error) {
      throw outputError(this.#path, error)
    }
  }

  async commit(): Promise<undefined> {
    await this.#file.close()
  }

  async abandon(): Promise<undefined> {
    await this.#file.close()
  }
}
