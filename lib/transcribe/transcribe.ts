import type { Readable } from 'node:stream'
import { finished, pipeline } from 'node:stream/promises'
import { formatCaptions } from '../captions/caption-formatter.ts'
import { resolveCaptionOptions } from '../captions/caption-options.ts'
import type { CueOptions } from '../captions/cues/cue-maker.ts'
import type { CaptionFormat } from '../captions/formats/caption-formats.ts'
import { SpeakerLabeler } from '../captions/speakers/assign-speakers.ts'
import { InputError, OptionError } from '../core/errors.ts'
import { checkOneOf } from '../core/options.ts'
import { checkTurns } from '../core/speaker-turn.ts'
import { type StageWarning, TypedReadable } from '../core/stage.ts'
import type { TranscriptEvent } from '../core/transcript-event.ts'
import { type AudioInput, openInput } from './audio-input.ts'
import type { Pipeline } from './audio-source.ts'
import { localPipeline } from './local-pipeline.ts'
import { openaiPipeline } from './openai-pipeline.ts'
import {
  channelModes,
  channelOrders,
  type TranscribeOptions,
} from './transcribe-options.ts'

/**
 * Transcribes audio in one call. With the local engine, it decodes, resamples
 * to 16 kHz mono, cuts into 50 ms chunks and transcribes on this machine. With
 * `engine: 'openai'`, it sends a file to a file model, and `live` input to the
 * Realtime API.
 *
 * ```ts
 * for await (const event of transcribe('talk.mp3'))
 *   if (event.type === 'final') console.log(event.text)
 * ```
 *
 * Warnings of the stages are among the events. If the source fails after some
 * audio, that audio is transcribed first: its finals, then an `end` with
 * `complete: false`, then the error is thrown.
 *
 * @param input path or `file:` URL of a file, its bytes, a Blob, a Response, or
 *   a stream or iterable of bytes. Nothing is read before the transcript is.
 * @throws {VoxpipeError} when the transcript is read; see docs/errors.md
 */
export const transcribe = (
  input: AudioInput,
  options: TranscribeOptions = {},
): Transcript => new Transcript(input, options)

/**
 * A transcript as a stream of {@link TranscriptEvent}s, which can be read once:
 * by `for await`, `pipe()` or `pipeline()`. {@link Transcript.text} and {@link
 * Transcript.captions} read it to its end and return a string.
 *
 * Leaving a loop early, `destroy()` and the end of an `await using` block close
 * the transcript: it stops, and its source is destroyed.
 */
export class Transcript extends TypedReadable<TranscriptEvent> {
  readonly #input: AudioInput
  readonly #options: TranscribeOptions
  #events: AsyncGenerator<TranscriptEvent> | undefined
  #pipeline: Pipeline | undefined
  readonly #texts: string[] = []
  /** All events, if `text()` or `captions()` read them. */
  #kept: TranscriptEvent[] | undefined
  #rest: Promise<void> | undefined
  #failure: { readonly error: unknown } | undefined

  /** @internal */
  constructor(input: AudioInput, options: TranscribeOptions) {
    super({ objectMode: true, highWaterMark: 1 })
    this.#input = input
    this.#options = options
  }

  /**
   * Returns the whole text: all finals, joined by spaces. It can be called
   * repeatedly, and after an iteration. If you left the iteration early, it is
   * the text up to there.
   *
   * @throws {VoxpipeError} if the transcript failed, even if the iteration has
   *   thrown the error before
   */
  async text(): Promise<string> {
    await this.#readRest()
    return this.#texts.join(' ')
  }

  /**
   * Returns the whole transcript as captions. It can be called repeatedly, for
   * several formats, but not after an iteration, which does not keep the
   * events. To write captions as they come, use a {@link CaptionFormatter} in a
   * pipeline.
   *
   * @throws {OptionError} if an option is invalid
   * @throws {InputError} if events were read before
   * @throws {VoxpipeError} if the transcript failed
   */
  async captions(
    format: CaptionFormat = 'srt',
    options: CueOptions = {},
  ): Promise<string> {
    resolveCaptionOptions({ ...options, format }) // before an hour of work
    if (this.#options.order === 'channel')
      throw new OptionError(
        'order',
        "cannot be 'channel' for captions, which come in order of time; leave it out",
      )
    const rest = this.#readRest()
    if (!this.#kept)
      throw new InputError(
        'events of this transcript have already been read: call captions() ' +
          'first, or collect the events for formatCaptions()',
      )
    await rest
    return formatCaptions(this.#kept, { ...options, format })
  }

  override [Symbol.asyncIterator](): AsyncGenerator<
    TranscriptEvent,
    undefined
  > {
    return super[Symbol.asyncIterator]() as AsyncGenerator<
      TranscriptEvent,
      undefined
    >
  }

  /** Closes the transcript, and resolves when its source and engine are. */
  override async [Symbol.asyncDispose](): Promise<void> {
    this.destroy()
    if (!this.closed)
      await new Promise<void>(resolve => this.once('close', resolve))
  }

  override _read(): void {
    this.#events ??= this.#run()
    this.#events.next().then(
      ({ done, value: event }) => {
        if (done) return void this.push(null)
        if (event.type === 'final' && event.text !== '')
          this.#texts.push(event.text)
        this.#kept?.push(event)
        this.push(event)
      },
      (error: Error) => this.destroy(error),
    )
  }

  override _destroy(
    error: Error | null,
    done: (error?: Error | null) => void,
  ): void {
    // Node destroys a stream with this error when a loop is left early.
    if (error && (error as NodeJS.ErrnoException).code !== 'ABORT_ERR')
      this.#failure = { error }
    if (!this.#events) discard(this.#input)
    this.#close()
    const transcriber = this.#pipeline?.transcriber
    const closed =
      transcriber &&
      !transcriber.closed &&
      new Promise(resolve => transcriber.once('close', resolve))
    void Promise.allSettled([this.#events?.return(undefined), closed]).then(
      () => done(error),
    )
  }

  #close(): void {
    this.#pipeline?.source.close()
    this.#pipeline?.transcriber.destroy()
  }

  #readRest(): Promise<void> {
    if (!this.#events && !this.destroyed) this.#kept ??= []
    return (this.#rest ??= this.#readToEnd())
  }

  async #readToEnd(): Promise<void> {
    if (this.readableFlowing) await finished(this as Readable)
    else if (!this.destroyed) for await (const _ of this);
    if (this.#failure) throw this.#failure.error
  }

  async *#run(): AsyncGenerator<TranscriptEvent> {
    const { engine = 'local', channels = 'mix', signal } = this.#options
    checkOneOf('engine', engine, ['local', 'openai'])
    checkOneOf('channels', channels, channelModes)
    checkChannelOptions(this.#options)
    signal?.throwIfAborted()
    const labels = speakerLabels(this.#options)
    const build = engine === 'openai' ? openaiPipeline : localPipeline
    this.#pipeline = await build(this.#input, this.#options)
    const { source, stages, transcriber, warnings } = this.#pipeline
    try {
      if (this.destroyed) return
      source.warnings.unshift(...warnings)
      transcriber.on('warning', (warning: StageWarning) =>
        source.warnings.push(warning),
      )
      const flow = pipeline([...stages, transcriber])
      flow.catch(() => {}) // the iteration below throws the same error
      for await (const event of transcriber as AsyncIterable<TranscriptEvent>) {
        if (event.type !== 'start')
          for (const warning of source.warnings.splice(0))
            yield { type: 'warning', ...warning }
        const actual =
          event.type === 'end'
            ? { ...event, complete: event.complete && source.complete }
            : event
        if (labels) yield* labels.event(actual)
        else yield actual
      }
    } catch (error) {
      signal?.throwIfAborted() // its reason, not Node's error about it
      throw error
    } finally {
      this.#close()
    }
    signal?.throwIfAborted()
    if (source.failure) throw source.failure
  }
}

/** Destroys an input that was never opened. */
const discard = (input: AudioInput): void => {
  try {
    openInput(input).destroy()
  } catch {
    // It cannot be read, so there is nothing to destroy.
  }
}

const checkChannelOptions = ({
  channels,
  channelNames,
  order,
}: TranscribeOptions): void => {
  if (channels !== 'separate')
    for (const [name, value] of Object.entries({ channelNames, order }))
      if (value !== undefined)
        throw new OptionError(name, "is for channels: 'separate'; leave it out")
  if (order !== undefined) checkOneOf('order', order, channelOrders)
  const isName = (name: unknown): boolean =>
    typeof name === 'string' && name !== ''
  if (
    channelNames !== undefined &&
    !(Array.isArray(channelNames) && channelNames.every(isName))
  )
    throw new OptionError(
      'channelNames',
      "must be a list of names, such as ['Agent', 'Caller']",
    )
}

const speakerLabels = ({
  live,
  speakers,
}: TranscribeOptions): SpeakerLabeler | undefined => {
  if (speakers === undefined) return undefined
  if (live)
    throw new OptionError(
      'speakers',
      'can only be given for recordings: omit live',
    )
  checkTurns('speakers', speakers)
  return new SpeakerLabeler(speakers)
}
