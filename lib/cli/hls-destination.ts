import { rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { HlsFolder, type HlsFile } from '../index.ts'
import { partialPath } from './destination.ts'
import { outputError } from './output-error.ts'

/**
 * The files of HLS captions, beside their playlist. Segments come as they are
 * complete; the playlist gets its name when the transcript is whole, or has it
 * from the first segment on where it is live.
 */
export class HlsDestination {
  readonly #path: string
  /** Where the playlist is as long as the transcript is not whole. */
  readonly #begun: string
  readonly #folder: HlsFolder
  readonly #written = new Set<string>()

  private constructor(path: string, live: boolean) {
    this.#path = path
    this.#begun = live ? path : partialPath(path)
    this.#folder = new HlsFolder(dirname(path))
    this.#folder.on('error', () => undefined) // whoever writes is told
  }

  /** @param path of the playlist, in a folder that is there */
  static async open(path: string, live: boolean): Promise<HlsDestination> {
    try {
      // One of another time would list the segments of this one.
      for (const old of [path, partialPath(path)])
        await rm(old, { force: true })
    } catch (error) {
      throw outputError(path, error)
    }
    return new HlsDestination(path, live)
  }

  /** Rejects where it cannot be written, with an error fit to be shown. */
  async write({ name, text }: HlsFile): Promise<void> {
    const isPlaylist = name === basename(this.#path)
    const file = isPlaylist ? basename(this.#begun) : name
    await new Promise<void>((done, fail) => {
      this.#folder.write({ name: file, text }, error => {
        if (!error) return done()
        fail(outputError(this.#path, error.cause ?? error))
      })
    })
    this.#written.add(join(dirname(this.#path), file))
  }

  /**
   * The transcript is whole.
   *
   * @returns the playlist
   */
  async commit(): Promise<string> {
    try {
      if (this.#begun !== this.#path) await rename(this.#begun, this.#path)
    } catch (error) {
      throw outputError(this.#path, error)
    }
    return this.#path
  }

  /**
   * The transcript is not whole.
   *
   * @param keep whether there is anything in it to keep
   * @returns the playlist of what was kept, if any
   */
  async abandon(keep: boolean): Promise<string | undefined> {
    if (keep && this.#written.has(this.#begun)) return this.#begun
    if (!keep) for (const file of this.#written) await rm(file, { force: true })
    return undefined
  }
}
