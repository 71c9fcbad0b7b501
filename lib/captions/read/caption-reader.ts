import { UnknownFormatError } from '../../core/errors.ts'
import { checkOneOf, checkSignal } from '../../core/options.ts'
import {
  Stage,
  type StageWarning,
  type TransformCallback,
  chunkBytes,
} from '../../core/stage.ts'
import type { Cue } from '../cues/cue.ts'
import { CueChannels } from '../cues/order-cues.ts'
import { type CueSink, type LineReader, TextLines } from './text-lines.ts'
import { SrtReader, srtTimes } from './read-srt.ts'
import { VttReader, vttSignature } from './read-vtt.ts'

/** A caption format that can be read. */
export type ReadableFormat = 'srt' | 'vtt'

const readableFormats: readonly ReadableFormat[] = ['srt', 'vtt']

/** Number of lines that are searched for the format. */
const maxSniffedLines = 200
/** Number of problems that are reported individually. */
const maxWarnings = 20

type ParserSink = {
  readonly cue: (cue: Cue, line: number) => void
  readonly warn: (message: string) => void
}

/**
 * Reads cues from the bytes of a caption file, however they are cut. The first
 * lines determine the format: `WEBVTT`, or times of SRT.
 */
class CaptionParser {
  readonly #warn: (message: string) => void
  readonly #sink: CueSink
  readonly #lines: TextLines
  #reader: LineReader | undefined
  #waiting: string[] = []
  #problems = 0

  constructor(format: ReadableFormat | undefined, { cue, warn }: ParserSink) {
    this.#warn = warn
    const channels = new CueChannels()
    this.#sink = {
      cue: (found, line) => cue(channels.place(found), line),
      warn: (line, problem) => {
        if (++this.#problems <= maxWarnings) warn(`line ${line}: ${problem}`)
      },
    }
    if (format !== undefined) this.#open(format)
    this.#lines = new TextLines(
      (text, number) => this.#line(text, number),
      number =>
        this.#sink.warn(number, 'bytes that are not UTF-8 become U+FFFD'),
    )
  }

  /** @throws UnknownFormatError or DecodeError, as does {@link end} */
  push(bytes: Uint8Array): void {
    this.#lines.push(bytes)
  }

  end(): void {
    this.#lines.end()
    if (this.#reader === undefined) this.#refuseUnknown()
    this.#reader?.end()
    if (this.#problems > maxWarnings)
      this.#warn(`${this.#problems - maxWarnings} more lines are damaged`)
  }

  #line(text: string, number: number): void {
    if (this.#reader !== undefined) return this.#reader.line(text, number)
    const isFirst = this.#waiting.every(line => line.trim() === '')
    this.#waiting.push(text)
    if (isFirst && vttSignature.test(text.trimStart())) this.#open('vtt')
    else if (srtTimes(text) !== undefined) this.#open('srt')
    else if (number === maxSniffedLines) this.#refuseUnknown()
  }

  #open(format: ReadableFormat): void {
    const reader =
      format === 'vtt' ? new VttReader(this.#sink) : new SrtReader(this.#sink)
    for (const [i, text] of this.#waiting.entries()) reader.line(text, i + 1)
    this.#waiting = []
    this.#reader = reader
  }

  #refuseUnknown(): void {
    if (this.#waiting.some(line => line.trim() !== ''))
      throw new UnknownFormatError(
        "the input is neither SRT nor WebVTT; 'ffmpeg -i IN OUT.srt' converts most other formats to SRT",
      )
    this.#warn('the input is empty and has no captions')
  }
}

/** Options of {@link CaptionReader}. */
export type CaptionReaderOptions = {
  /** Format of the file. @default detected by its first lines */
  readonly format?: ReadableFormat
  /** Destroys the stream when aborted. */
  readonly signal?: AbortSignal
}

/** Events of {@link CaptionReader}, beside those of every stream. */
export type CaptionReaderEvents = {
  /** A problem that does not stop the stage. */
  readonly warning: [warning: StageWarning]
}

const resolve = ({ format, signal }: CaptionReaderOptions) => {
  if (format !== undefined) checkOneOf('format', format, readableFormats)
  checkSignal(signal)
  return { format, signal }
}

/**
 * Reads an SRT or WebVTT file in UTF-8 or UTF-16 as {@link Cue}s, in the order
 * of the file. A cue is emitted when the next one begins, and is not kept.
 *
 * Markup becomes plain text. `<v Ann>` becomes `speaker`, and a cue with two
 * voices two cues. A cue that begins before the end of another gets a
 * `channel`. Cues without text are skipped. Damaged lines are read as far as
 * possible, with a `'warning'`.
 *
 * @throws OptionError if an option is invalid. Other formats end the stream
 * with an UnknownFormatError, other encodings with a DecodeError.
 */
export class CaptionReader extends Stage<Uint8Array, Cue, CaptionReaderEvents> {
  readonly #parser: CaptionParser
  readonly #lines = new WeakMap<Cue, number>()
  #cues: Cue[] = []
  #warnings: StageWarning[] = []

  constructor(options: CaptionReaderOptions = {}) {
    const { format, signal } = resolve(options)
    // Object mode, since invalid chunks must cause errors that are caught.
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
   * Returns the number, from 1, of the line with a cue's times; undefined for a
   * cue of another stage.
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
  /** Format of the text. @default detected by its first lines */
  readonly format?: ReadableFormat
  /** Called for each damaged line. */
  readonly onWarning?: (warning: StageWarning) => void
}

/**
 * Reads a whole SRT or WebVTT file; {@link CaptionReader} emits the same cues.
 * @throws OptionError if an option is invalid
 * @throws UnknownFormatError if the text is neither SRT nor WebVTT
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
