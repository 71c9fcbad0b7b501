import { mkdir, open, rename, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { Writable } from 'node:stream'
import { FormatError, OptionError, OutputError } from '../core/errors.ts'
import { checkSignal } from '../core/options.ts'
import { abortWith } from '../core/stage.ts'

/** Options of {@link HlsFolder}. */
export type HlsFolderOptions = {
  /** Destroys the stream when aborted. */
  readonly signal?: AbortSignal
}

type NamedText = { readonly name: string; readonly text: string }

const checked = (file: unknown): NamedText => {
  const { name, text } = (file ?? {}) as Partial<NamedText>
  const isName =
    typeof name === 'string' && name === basename(name) && /[^.]/.test(name)
  if (isName && typeof text === 'string') return { name, text }
  throw new FormatError(
    'HLS folders are written from files with a name and a text; put HlsCaptions in front of this stage',
  )
}

const listedIn = (playlist: string): Set<string> =>
  new Set(
    playlist
      .split('\n')
      .filter(line => line !== '' && !line.startsWith('#'))
      .map(decodeURIComponent),
  )

/**
 * Writes the files of {@link HlsCaptions} into a folder, which is created if
 * missing. Files appear complete and in order, so a playlist never lists a
 * missing file. A segment that leaves the playlist stays for as many segments
 * as the playlist lists, and one more (RFC 8216, section 6.2.2), and is then
 * deleted.
 *
 * Errors: `VOX_OPTION`; `VOX_FORMAT` if a chunk is no file; `VOX_OUTPUT`, with
 * the cause, if it cannot be written.
 */
export class HlsFolder extends Writable {
  readonly #folder: string
  /** Existing segments, in order. */
  #segments: string[] = []
  #saving: Promise<void> = Promise.resolve()

  /** @param folder its path */
  constructor(folder: string, { signal }: HlsFolderOptions = {}) {
    if (typeof folder !== 'string' || folder === '')
      throw new OptionError('folder', 'must be the path of a folder')
    checkSignal(signal)
    super({ objectMode: true })
    if (signal) abortWith(signal, this)
    this.#folder = folder
  }

  override _construct(done: (error?: Error | null) => void): void {
    mkdir(this.#folder, { recursive: true }).then(
      () => done(),
      (error: unknown) => done(this.#failed(error)),
    )
  }

  override _write(
    file: unknown,
    _: string,
    done: (error?: Error | null) => void,
  ): void {
    let named: NamedText
    try {
      named = checked(file)
    } catch (error) {
      return done(error as Error)
    }
    this.#saving = this.#save(named)
    this.#saving.then(
      () => done(),
      (error: unknown) => done(this.#failed(error)),
    )
  }

  override _destroy(
    error: Error | null,
    done: (error?: Error | null) => void,
  ): void {
    // With an aborted signal, Node destroys it before the fields exist.
    if (!(#saving in this)) return done(error)
    const finish = (): void => done(error)
    this.#saving.then(finish, finish)
  }

  async #save({ name, text }: NamedText): Promise<void> {
    const path = join(this.#folder, name)
    const partial = join(this.#folder, `.${name}.partial`)
    try {
      // Writing to an existing file might follow a link.
      await rm(partial, { force: true })
      const file = await open(partial, 'wx')
      try {
        await file.writeFile(text)
      } finally {
        await file.close()
      }
      await rename(partial, path)
    } catch (error) {
      await rm(partial, { force: true }).catch(() => undefined) // the first error is thrown
      throw error
    }
    if (name.endsWith('.m3u8')) await this.#removeOld(listedIn(text))
    else this.#segments.push(name)
  }

  async #removeOld(listed: ReadonlySet<string>): Promise<void> {
    const first = this.#segments.findIndex(name => listed.has(name))
    const old = this.#segments.splice(0, Math.max(0, first - listed.size - 1))
    for (const name of old) await rm(join(this.#folder, name), { force: true })
  }

  #failed(error: unknown): OutputError {
    const { code, message } = error as NodeJS.ErrnoException
    return new OutputError(
      `cannot write into ${this.#folder} (${code ?? message}); make room, or choose another folder`,
      { cause: error },
    )
  }
}
