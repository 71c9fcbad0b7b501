import { pipeline } from 'node:stream/promises'
import { SpeakerLabeler } from '../captions/speakers/assign-speakers.ts'
import { OptionError } from '../core/errors.ts'
import { checkOneOf } from '../core/options.ts'
import { checkTurns } from '../core/speaker-turn.ts'
import type { StageWarning } from '../core/stage.ts'
import type { TranscriptEvent } from '../core/transcript-event.ts'
import type { AudioInput } from './audio-source.ts'
import { localPipeline } from './local-pipeline.ts'
import { openaiPipeline } from './openai-pipeline.ts'
import { channelModes, type TranscribeOptions } from './transcribe-options.ts'

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
 * @param input path of a file, its bytes, or a stream of bytes
 * @throws {VoxpipeError} on iteration; see docs/errors.md
 */
export const transcribe = (
  input: AudioInput,
  options: TranscribeOptions = {},
): Transcript => new Transcript(run(input, options))

async function* run(
  input: AudioInput,
  options: TranscribeOptions,
): AsyncGenerator<TranscriptEvent> {
  const { engine = 'local', channels = 'mix', signal } = options
  checkOneOf('engine', engine, ['local', 'openai'])
  checkOneOf('channels', channels, channelModes)
  signal?.throwIfAborted()
  const labels = speakerLabels(options)
  const build = engine === 'openai' ? openaiPipeline : localPipeline
  const { source, stages, transcriber, warnings } = await build(input, options)
  source.warnings.unshift(...warnings)
  transcriber.on('warning', (warning: StageWarning) =>
    source.warnings.push(warning),
  )
  const flow = pipeline([...stages, transcriber])
  flow.catch(() => {}) // the iteration below throws the same error
  try {
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
    source.close()
    transcriber.destroy()
  }
  signal?.throwIfAborted()
  if (source.failure) throw source.failure
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

/**
 * The events of one transcript, which can be read once: a second iteration
 * continues where the first one stopped. {@link Transcript.text} reads the rest
 * and returns the whole text, including finals that were iterated.
 */
export class Transcript implements AsyncIterable<TranscriptEvent> {
  readonly #events: AsyncGenerator<TranscriptEvent>
  readonly #texts: string[] = []
  #failure: { readonly error: unknown } | undefined

  /** @internal */
  constructor(events: AsyncIterable<TranscriptEvent>) {
    this.#events = this.#read(events)
  }

  [Symbol.asyncIterator](): AsyncIterator<TranscriptEvent> {
    return this.#events
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
    for await (const _ of this.#events);
    if (this.#failure) throw this.#failure.error
    return this.#texts.join(' ')
  }

  async *#read(
    events: AsyncIterable<TranscriptEvent>,
  ): AsyncGenerator<TranscriptEvent> {
    try {
      for await (const event of events) {
        if (event.type === 'final' && event.text !== '')
          this.#texts.push(event.text)
        yield event
      }
    } catch (error) {
      this.#failure = { error }
      throw error
    }
  }
}
