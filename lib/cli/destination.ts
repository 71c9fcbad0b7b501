import {
  mkdir,
  open,
  rename,
  rm,
  stat,
  type FileHandle,
} from 'node:fs/promises'
import { basename, dirname, join, parse } from 'node:path'
import { HlsFolder, type HlsFile } from '../captions/index.ts'
import { outputError } from './cli-error.ts'
import type { CommandContext } from './reporter.ts'
import { stripControls } from './terminal.ts'

/**
 * Receives the results of one transcript. Rejects with a CliError if something
 * cannot be written.
 */
export interface Destination<Result = string> {
  write(result: Result): Promise<void>
  /**
   * Completes the result.
   * @returns its file, if any
   */
  commit(): Promise<string | undefined>
  /**
   * Closes an incomplete result.
   * @param keep whether to keep the written part
   * @returns the kept file, if any
   */
  abandon(keep: boolean): Promise<string | undefined>
}

/** Standard output, shared by the transcripts of all inputs. */
export class StandardOutput {
  readonly #context: CommandContext
  readonly #array: boolean
  #elements = 0

  /** @param array whether JSON transcripts become one array */
  constructor(context: CommandContext, array = false) {
    this.#context = context
    this.#array = array
  }

  /** Opens a destination for one transcript. */
  open(): Destination {
    return {
      write: text => (this.#array ? this.#element(text) : this.write(text)),
      commit: async () => undefined,
      abandon: async () => undefined,
    }
  }

  /** Call after the last transcript. */
  async close(): Promise<void> {
    if (this.#array) await this.write(this.#elements ? '\n]\n' : '[]\n')
  }

  #element(text: string): Promise<void> {
    const before = this.#elements++ ? ',\n' : '[\n'
    return this.write(before + text.trimEnd())
  }

  /** Writes text, without control characters on a terminal. */
  async write(text: string): Promise<void> {
    const { terminal, reporter } = this.#context
    const { stdout } = terminal
    if (stdout.isTTY) reporter.clearStatus()
    const shown = stdout.isTTY ? stripControls(text) : text
    await new Promise<void>((done, fail) => {
      stdout.write(shown, error =>
        error ? fail(outputError('to standard output', error)) : done(),
      )
    })
  }
}

/** Name of an incomplete file: `talk.partial.srt`. */
export const partialPath = (path: string): string => {
  const { dir, name, ext } = parse(path)
  return join(dir, `${name}.partial${ext}`)
}

/** Converts errors of writing to a path. */
const namingPath = async <Result>(
  path: string,
  write: () => Promise<Result>,
): Promise<Result> => {
  try {
    return await write()
  } catch (error) {
    throw outputError(path, error)
  }
}

/** A file with a temporary name until it is complete. */
export class FileDestination implements Destination {
  readonly #path: string
  readonly #partial: string | undefined
  readonly #file: FileHandle

  private constructor(
    path: string,
    partial: string | undefined,
    file: FileHandle,
  ) {
    this.#path = path
    this.#partial = partial
    this.#file = file
  }

  /** @param direct whether it is a device or a pipe, and keeps its name */
  static async open(path: string, direct: boolean): Promise<FileDestination> {
    const partial = direct ? undefined : partialPath(path)
    return namingPath(path, async () => {
      if (partial === undefined)
        return new FileDestination(path, partial, await open(path, 'a'))
      await rm(partial, { force: true }) // it could be a link
      return new FileDestination(path, partial, await open(partial, 'wx'))
    })
  }

  async write(text: string): Promise<void> {
    await namingPath(this.#path, () => this.#file.appendFile(text))
  }

  async commit(): Promise<string | undefined> {
    const partial = this.#partial
    return namingPath(this.#path, async () => {
      if (partial !== undefined) await this.#file.sync()
      await this.#file.close()
      if (partial === undefined) return undefined
      await rename(partial, this.#path)
      return this.#path
    })
  }

  async abandon(keep: boolean): Promise<string | undefined> {
    // After a commit that failed, the file may be closed already.
    await this.#file.close().catch(() => undefined)
    if (keep || this.#partial === undefined) return this.#partial
    await rm(this.#partial, { force: true })
    return undefined
  }
}

/**
 * HLS captions: segments, written as they are complete, beside their playlist.
 * The playlist has a temporary name until the transcript is complete, unless it
 * is live.
 */
export class HlsDestination implements Destination<HlsFile> {
  readonly #path: string
  readonly #partial: string
  readonly #folder: HlsFolder
  readonly #written = new Set<string>()

  private constructor(path: string, live: boolean) {
    this.#path = path
    this.#partial = live ? path : partialPath(path)
    this.#folder = new HlsFolder(dirname(path))
    this.#folder.on('error', () => undefined) // write() rejects
  }

  /** @param path of the playlist, in an existing folder */
  static async open(path: string, live: boolean): Promise<HlsDestination> {
    // An old playlist would list the new segments.
    for (const old of [path, partialPath(path)])
      await namingPath(path, () => rm(old, { force: true }))
    return new HlsDestination(path, live)
  }

  async write({ name, text }: HlsFile): Promise<void> {
    const isPlaylist = name === basename(this.#path)
    const file = isPlaylist ? basename(this.#partial) : name
    await new Promise<void>((done, fail) => {
      this.#folder.write({ name: file, text }, error => {
        if (!error) return done()
        fail(outputError(this.#path, error.cause ?? error))
      })
    })
    this.#written.add(join(dirname(this.#path), file))
  }

  async commit(): Promise<string> {
    if (this.#partial !== this.#path)
      await namingPath(this.#path, () => rename(this.#partial, this.#path))
    return this.#path
  }

  async abandon(keep: boolean): Promise<string | undefined> {
    if (keep && this.#written.has(this.#partial)) return this.#partial
    if (!keep) for (const file of this.#written) await rm(file, { force: true })
    return undefined
  }
}

export const statOf = (path: string) => stat(path).catch(() => undefined)

/**
 * Makes a folder and its missing parents. Node's recursive `mkdir` never ends
 * if an existing folder answers ENOENT, as those of `/proc` do.
 * @throws CliError
 */
export const makeFolder = async (folder: string): Promise<void> => {
  const steps = [folder]
  for (
    let above = dirname(folder);
    above !== dirname(above) && !(await statOf(above));
    above = dirname(above)
  )
    steps.unshift(above)
  for (const step of steps)
    try {
      await mkdir(step)
    } catch (error) {
      if (!(await statOf(step))?.isDirectory()) throw outputError(folder, error)
    }
}
