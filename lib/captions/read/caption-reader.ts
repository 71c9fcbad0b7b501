import { checkOneOf, checkSignal } from '../../core/options.ts'
import {
  Stage,
  type StageWarning,
  type TransformCallback,
} from '../../core/stage.ts'
import { chunkBytes } from '../../core/to-bytes.ts'
import type { Cue } from '../cues/cue.ts'
import {
  CaptionParser,
  readableFormats,
  type ReadableFormat,
} from './caption-parser.ts'

/** Options of {@link CaptionReader}. */
export type CaptionReaderOptions = {
  /** What the file is. @default what its first lines tell */
  readonly format?: ReadableFormat
  /** Destroys the stream when aborted. */
  readonly signal?: AbortSignal
}

const resolve = ({ format, signal }: CaptionReaderOptions) => {
  if (format !== undefined) checkOneOf('format', format, readableFormats)
  checkSignal(signal)
  return { format, signal }
}

/**
 * Reads the bytes of an SRT or a WebVTT file, in UTF-8 or UTF-16, as
 * {@link Cue}s, in the order of the file. A cue comes when the next one begins,
 * and nothing of it is kept.
 *
 * Markup becomes plain text; `<v Ann>` becomes `speaker`, and a cue of two
 * voices two cues. A cue that begins before the end of another gets a `channel`.
 * Cues without text are left out. What is damaged is told by a `'warning'` with
 * its line; what can be read all the same, is.
 *
 * @throws OptionError if an option cannot be used. Other formats end the stream
 * with an UnknownFormatError, other encodings with a DecodeError.
 */
export class CaptionReader extends Stage<Uint8Array, Cue> {
  readonly #parser: CaptionParser
  readonly #lines = new WeakMap<Cue, number>()
  #cues: Cue[] = []
  #warnings: StageWarning[] = []

  constructor(options: CaptionReaderOptions = {}) {
    const { format, signal } = resolve(options)
    // Other chunks than bytes get an error that is caught.
    super({ signal, objectMode: true, writableHighWaterMark: 2 })
    this.#parser = new CaptionParser(format, {
      cue: (cue, line) => {
        this.#cues.push(cue)
        this.#lines.set(cue, line)
      },
      warn: message => this.#warnings.push({ code: 'VOX_CAPTION', message }),
    })
  }

  /**
   * Number, from 1, of the line that has a cue's times.
   *
   * @returns undefined for a cue that this stage did not give
   */
  lineOf(cue: Cue): number | undefined {
    return this.#lines.get(cue)
  }

  override _transform(
    chunk: unknown,
    encoding: BufferEncoding,
    done: TransformCallback,
  ): void {
    const bytes =
      typeof chunk === 'string'
        ? Buffer.from(chunk, encoding)
        : chunkBytes(chunk, 'CaptionReader')
    this.#run(() => this.#parser.push(bytes), done)
  }

  override _flush(done: TransformCallback): void {
    this.#run(() => this.#parser.end(), done)
  }

  #run(parse: () => void, done: TransformCallback): void {
    let failure: Error | null = null
    try {
      parse()
    } catch (error) {
      failure = error as Error
    }
    const cues = this.#cues
    const warnings = this.#warnings
    this.#cues = []
    this.#warnings = []
    for (const warning of warnings) this.emit('warning', warning)
    for (const cue of cues) this.push(cue)
    done(failure)
  }
}

/** Options of {@link readCaptions}. */
export type ReadCaptionsOptions = {
  /** What the text is. @default what its first lines tell */
  readonly format?: ReadableFormat
  /** Is told what is damaged, with its line. */
  readonly onWarning?: (warning: StageWarning) => void
}

/**
 * Reads the text of a whole SRT or WebVTT file; {@link CaptionReader} gives the
 * same cues as its bytes come.
 *
 * @throws OptionError if an option cannot be used.
 * @throws UnknownFormatError if the text is neither SRT nor WebVTT.
 */
export const readCaptions = (
  text: string,
  { format, onWarning }: ReadCaptionsOptions = {},
): Cue[] => {
  if (format !== undefined) checkOneOf('format', format, readableFormats)
  const cues: Cue[] = []
  const parser = new CaptionParser(format, {
    cue: cue => cues.push(cue),
    warn: message => onWarning?.({ code: 'VOX_CAPTION', message }),
  })
  parser.push(Buffer.from(text))
  parser.end()
  return cues
}
