import { pipeline } from 'node:stream/promises'
import { SpeakerLabeler } from '../captions/speakers/assign-speakers.ts'
import { OptionError } from '../core/errors.ts'
import { checkOneOf } from '../core/options.ts'
import { checkTurns } from '../core/speaker-turn.ts'
import type { StageWarning } from '../core/stage.ts'
import type { TranscriptEvent } from '../core/transcript-event.ts'
import type { AudioInput } from '../io/open-input.ts'
import { localPipeline } from './local-pipeline.ts'
import { openaiPipeline } from './openai-pipeline.ts'
import { channelModes, type TranscribeOptions } from './transcribe-options.ts'
import { Transcript } from './transcript.ts'

/**
 * The usual pipeline in one call. With the local engine: decode, resample to
 * 16 kHz mono, cut into 50 ms chunks, transcribe on this machine. With
 * `engine: 'openai'`: a file goes to a file model, and what is `live` to the
 * Realtime API.
 *
 * ```ts
 * for await (const event of transcribe('talk.mp3'))
 *   if (event.type === 'final') console.log(event.text)
 * ```
 *
 * Warnings of the stages are among the events. Where the source fails after
 * some audio, what came is transcribed first: its finals, then an `end` with
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
      if (event.type !== 'start') yield* asEvents(source.warnings.splice(0))
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
      'are known of recordings only: leave live out',
    )
  checkTurns('speakers', speakers)
  return new SpeakerLabeler(speakers)
}

function* asEvents(
  warnings: readonly StageWarning[],
): Generator<TranscriptEvent> {
  for (const warning of warnings) yield { type: 'warning', ...warning }
}
