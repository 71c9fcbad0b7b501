import { isAbsolute } from 'node:path'
import type { AudioChunk } from '../core/audio-chunk.ts'
import { DecodeError, OptionError, VoxpipeError } from '../core/errors.ts'
import {
  chunkBytes,
  Stage,
  type StageWarning,
  type TransformCallback,
} from '../core/stage.ts'
import {
  checkInteger,
  checkNumber,
  checkOneOf,
  checkSignal,
} from '../core/options.ts'
import { PCM_ENCODINGS } from '../audio/pcm.ts'
import { ByteSource } from './byte-source.ts'
import { chooseDecoder } from './choose-decoder.ts'
import type { AudioFormat, Decoded } from './format-decoder.ts'
import { type RawFormat, rawDecoder } from './wav-decoder.ts'
import { SourceClock } from './source-clock.ts'

export type { AudioFormat }

/** Options of {@link Decoder}. */
export type DecoderOptions = {
  /**
   * The input is headerless PCM of this format, and no format is detected.
   * Encodings have ffmpeg's names: u8, s16le, s16be, s24le, s32le, f32le,
   * f64le, mulaw, alaw.
   */
  readonly raw?: RawFormat
  /**
   * Maximum duration of audio in ms. The rest is discarded with a
   * `VOX_MAX_DURATION` warning.
   * @default Infinity
   */
  readonly maxDurationMs?: number
  /**
   * Fail after all audio that can be decoded, instead of warning, if some is
   * missing or damaged.
   * @default false
   */
  readonly strict?: boolean
  /**
   * Absolute path of ffmpeg, which decodes other formats.
   * @default VOXPIPE_FFMPEG, or the first on PATH
   */
  readonly ffmpeg?: string
  /** Destroys the stream when aborted. */
  readonly signal?: AbortSignal
}

/** Events of {@link Decoder}, beside those of every stream. */
export type DecoderEvents = {
  /** The format of the input, once, before the first chunk. */
  readonly format: [format: AudioFormat]
  /** A problem that does not stop the stage. */
  readonly warning: [warning: StageWarning]
}

const checkRaw = (raw: RawFormat | undefined): void => {
  if (raw === undefined) return
  checkOneOf('raw.encoding', raw.encoding, PCM_ENCODINGS)
  checkInteger('raw.sampleRate', raw.sampleRate, 1, 1_536_000)
  checkInteger('raw.channels', raw.channels, 1, 64)
}

const resolve = ({
  raw,
  maxDurationMs = Infinity,
  strict = false,
  ffmpeg,
  signal,
}: DecoderOptions) => {
  checkRaw(raw)
  if (maxDurationMs !== Infinity) checkNumber('maxDurationMs', maxDurationMs, 1)
  if (ffmpeg !== undefined && !isAbsolute(ffmpeg))
    throw new OptionError('ffmpeg', 'must be an absolute path')
  checkSignal(signal)
  return { raw: raw && { ...raw }, maxDurationMs, strict, ffmpeg, signal }
}

const WRITABLE_CHUNKS = 2

const READABLE_CHUNKS = 8

/**
 * Decodes the bytes of any audio to {@link AudioChunk}s. The bytes determine
 * the format: voxpipe decodes WAV, MP3, FLAC, Ogg Vorbis, Ogg Opus and WebM
 * Opus, and ffmpeg all others.
 *
 * Emits `'format'` ({@link AudioFormat}) once before the first chunk, and
 * `'warning'` for missing (`VOX_TRUNCATED`), damaged (`VOX_DECODE`) or omitted
 * (`VOX_MAX_DURATION`) audio. Errors are emitted when all audio decoded before
 * has been read.
 */
export class Decoder extends Stage<Uint8Array, AudioChunk, DecoderEvents> {
  readonly #options: ReturnType<typeof resolve>
  readonly #source = new ByteSource()
  readonly #stop = new AbortController()
  #running = false
  #onDone: (() => void)[] = []
  #onDrain: (() => void) | undefined

  /** @throws OptionError if an option is invalid */
  constructor(options: DecoderOptions = {}) {
    const resolved = resolve(options)
    const { signal } = resolved
    super({
      objectMode: true, // other chunks than bytes get an error that is caught
      writableHighWaterMark: WRITABLE_CHUNKS,
      readableHighWaterMark: READABLE_CHUNKS,
      signal,
    })
    this.#options = resolved
  }

  override _construct(done: (error?: Error | null) => void): void {
    void this.#run()
    done()
  }

  override _transform(
    chunk: unknown,
    _: string,
    done: TransformCallback,
  ): void {
    this.#source.write(chunkBytes(chunk, 'Decoder'), done)
  }

  override _flush(done: TransformCallback): void {
    this.#source.end()
    this.#whenDone(() => this.destroyed || done())
  }

  override _read(size: number): void {
    this.#onDrain?.()
    super._read(size)
  }

  override _destroy(
    error: Error | null,
    done: (error?: Error | null) => void,
  ): void {
    this.#source.cancel(error ?? new Error('the decoder was destroyed'))
    this.#stop.abort()
    this.#onDrain?.()
    this.#whenDone(() => done(error))
  }

  #whenDone(call: () => void): void {
    if (this.#running) this.#onDone.push(call)
    else call()
  }

  async #run(): Promise<void> {
    this.#running = true
    try {
      await this.#pump()
    } finally {
      this.#running = false
      for (const call of this.#onDone) call()
    }
  }

  /** Moves audio from the format's decoder to the readable side. */
  async #pump(): Promise<void> {
    const clock = new SourceClock(this.#options)
    const items = this.#decode(clock)
    while (!this.destroyed && !clock.full) {
      let step: IteratorResult<Decoded>
      // Listeners' errors must not be caught: only decoding is in the try.
      try {
        step = await items.next()
      } catch (error) {
        return this.fail(error as Error)
      }
      if (step.done) break
      await this.#deliver(step.value, clock)
    }
    await items.return(undefined)
    if (!this.destroyed) await this.#finish(clock)
  }

  async *#decode(clock: SourceClock): AsyncGenerator<Decoded, void> {
    const { raw, ffmpeg } = this.#options
    const source = this.#source
    const options = { ffmpeg, signal: this.#stop.signal }
    const { container, decode } = raw
      ? { container: 'raw', decode: rawDecoder(raw) }
      : await chooseDecoder(source, options)
    clock.setContainer(container)
    try {
      yield* decode(source)
    } catch (error) {
      if (error instanceof VoxpipeError || this.destroyed) throw error
      throw new DecodeError(
        container,
        `the ${container} input cannot be decoded: it is damaged`,
        { cause: error },
      )
    }
  }

  async #deliver(item: Decoded, clock: SourceClock): Promise<void> {
    if (item.type === 'format') {
      clock.setFormat(item)
      this.emit('format', item.format)
    } else if (item.type === 'damage') {
      const warning = clock.damage(item)
      if (warning) this.emit('warning', warning)
    } else if (item.type === 'truncated') clock.truncated(item)
    else
      for (const chunk of clock.chunks(item))
        if (!this.push(chunk)) await this.#waitForDrain()
  }

  async #finish(clock: SourceClock): Promise<void> {
    let warnings: StageWarning[]
    try {
      warnings = clock.finish()
    } catch (error) {
      return this.fail(error as Error)
    }
    for (const warning of warnings) this.emit('warning', warning)
    // An endless source must not delay the end.
    if (clock.full) this.push(null)
    this.#source.close()
  }

  async #waitForDrain(): Promise<void> {
    if (this.destroyed) return
    await new Promise<void>(resolve => (this.#onDrain = resolve))
    this.#onDrain = undefined
  }
}
