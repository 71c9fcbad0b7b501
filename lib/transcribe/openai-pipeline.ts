import { Duplex, Readable } from 'node:stream'
import { s16Bytes } from '../audio/wav-writer.ts'
import { endOf, type AudioChunk } from '../core/audio-chunk.ts'
import { given } from '../core/options.ts'
import { OptionError } from '../core/errors.ts'
import type { StageWarning } from '../core/stage.ts'
import type { AudioInput } from '../io/open-input.ts'
import {
  FileTranscriber,
  type FileTranscriberOptions,
} from '../openai/files/file-transcriber.ts'
import { PART_RATE } from '../openai/files/part-cutter.ts'
import { openaiClient } from '../openai/openai-client.ts'
import { openaiModels } from '../openai/wire/openai-models.ts'
import { RealtimeTranscriber } from '../openai/realtime/realtime-transcriber.ts'
import { REALTIME_SAMPLE_RATE } from '../openai/realtime/detector-runner.ts'
import { Chunker } from '../stages/chunker.ts'
import { Resampler } from '../stages/resampler.ts'
import { AudioSource, InputBytes, type Pipeline } from './audio-source.ts'
import { ChannelTranscriber } from './channel-transcriber.ts'
import { chooseModel, modelEndWarning } from './choose-model.ts'
import { languageForOpenAI } from './languages.ts'
import { sourceOptions, type TranscribeOptions } from './transcribe-options.ts'

/** Frames of silence that are written at a time. */
const SILENCE = 16_000

async function* bytesOf(
  chunks: AsyncIterable<AudioChunk>,
): AsyncGenerator<Uint8Array> {
  let next = 0
  for await (const chunk of chunks) {
    for (; next < chunk.offset; next += SILENCE) {
      const frames = Math.min(SILENCE, chunk.offset - next)
      yield s16Bytes(new Float32Array(frames))
    }
    yield s16Bytes(chunk.channels[0]!)
    next = endOf(chunk)
  }
}

/**
 * Takes mono {@link AudioChunk}s and gives headerless PCM, `s16le`. Where the
 * source has a gap there is silence, so that what follows keeps its place.
 */
const pcmBytes = (): Duplex => Duplex.from(bytesOf)

/** Options that this engine has no use for. */
const foreign = ['recognizer', 'latency'] as const

/** Options of what finds the turns of live speech. */
const ofTurns = ['modelDir', 'voiceActivity'] as const

/** The model, and what there is to say about the choice. */
const chosen = ({
  model,
  live,
  wordTimes,
  language,
}: TranscribeOptions): { model: string; warnings: StageWarning[] } => {
  const today = new Date()
  const needs = given({ live, wordTimes, language })
  const choice = chooseModel({ ...needs, engine: 'openai', today })
  if (model === undefined)
    return { model: choice.model, warnings: [...choice.warnings] }
  const files = openaiModels[model]?.files
  if (wordTimes && !live && files && !files.wordTimes)
    throw new OptionError(
      'wordTimes',
      `are not known to '${model}': leave the model out, or use '${choice.model}'`,
    )
  const ending = modelEndWarning(model, today)
  return { model, warnings: ending ? [ending] : [] }
}

const checkSeparate = ({ live }: TranscribeOptions, model: string): void => {
  if (live)
    throw new OptionError(
      'channels',
      "can be 'separate' for recordings, or with engine: 'local'; leave it or live out",
    )
  if (openaiModels[model]?.files?.speakers)
    throw new OptionError(
      'channels',
      `cannot be 'separate' with '${model}', which tells speakers apart itself; leave one of them out`,
    )
}

/** Decoded here, and each channel sent as a file of its own. */
const separatePipeline = (
  input: AudioInput,
  options: TranscribeOptions,
  { signal, ...wishes }: FileTranscriberOptions,
  warnings: readonly StageWarning[],
): Pipeline => {
  const stage = given({ signal })
  const sampleRate = PART_RATE
  const raw = { encoding: 's16le', sampleRate, channels: 1 } as const
  const transcriber = new ChannelTranscriber({
    open: () => [pcmBytes(), new FileTranscriber({ ...wishes, raw })],
    ...stage,
  })
  const source = new AudioSource(input, sourceOptions(options))
  return {
    source,
    stages: [
      Readable.from(source.read(), { highWaterMark: 1 }),
      new Resampler({ sampleRate, channels: 'keep', ...stage }),
    ],
    transcriber,
    warnings,
  }
}

/**
 * To OpenAI: the bytes of a file to its endpoint for files; what is live is
 * decoded, resampled to 24 kHz mono, cut into 50 ms, and goes to the Realtime
 * API.
 */
export const openaiPipeline = async (
  input: AudioInput,
  options: TranscribeOptions,
): Promise<Pipeline> => {
  for (const name of foreign)
    if (options[name] !== undefined)
      throw new OptionError(name, "is for engine: 'local'; leave it out")
  for (const name of ofTurns)
    if (options[name] !== undefined && !options.live)
      throw new OptionError(
        name,
        "is for engine: 'local', or live; leave it out",
      )
  const { model, warnings } = chosen(options)
  const separate = options.channels === 'separate'
  if (separate) checkSeparate(options, model)
  const { live, language, prompt, keywords, signal } = options
  const several = [
    openaiModels[model]?.files?.language,
    openaiModels[model]?.realtime?.language,
  ].includes('languages')
  const wishes = {
    client: options.client ?? (await openaiClient()),
    model,
    ...(language !== undefined && {
      language: languageForOpenAI(language, several),
    }),
    ...given({ prompt, keywords, signal }),
  }
  if (separate) return separatePipeline(input, options, wishes, warnings)
  if (!live) {
    const { raw, maxDurationMs, strict, ffmpeg } = options
    const transcriber = new FileTranscriber({
      ...wishes,
      ...given({ raw, maxDurationMs, strict, ffmpeg }),
    })
    const source = new InputBytes(input, options.stop)
    const stages = [Readable.from(source.read(), { highWaterMark: 1 })] as const
    return { source, stages, transcriber, warnings }
  }
  const stage = given({ signal })
  const { modelDir, voiceActivity } = options
  const transcriber = new RealtimeTranscriber({
    ...wishes,
    live: true,
    turnDetection: { type: 'local_vad', ...given({ modelDir, voiceActivity }) },
  })
  const source = new AudioSource(input, sourceOptions(options))
  return {
    source,
    stages: [
      Readable.from(source.read(), { highWaterMark: 1 }),
      new Resampler({ sampleRate: REALTIME_SAMPLE_RATE, ...stage }),
      new Chunker({ ms: 50, ...stage }),
    ],
    transcriber,
    warnings,
  }
}
