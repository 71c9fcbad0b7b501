import { Duplex } from 'node:stream'
import { s16Bytes } from '../audio/wav-writer.ts'
import { endOf, type AudioChunk } from '../core/audio-chunk.ts'
import { given } from '../core/options.ts'
import { OptionError } from '../core/errors.ts'
import type { StageWarning } from '../core/stage.ts'
import {
  type AudioInput,
  AudioSource,
  InputBytes,
  type Pipeline,
} from './audio-source.ts'
import {
  FileTranscriber,
  type FileTranscriberOptions,
} from '../openai/files/file-transcriber.ts'
import { PART_RATE } from '../openai/files/part-cutter.ts'
import { openaiClient } from '../openai/openai-client.ts'
import { openaiModels } from '../openai/wire/openai-models.ts'
import { RealtimeTranscriber } from '../openai/realtime/realtime-transcriber.ts'
import { REALTIME_SAMPLE_RATE } from '../openai/realtime/session-settings.ts'
import { Chunker } from '../stages/chunker.ts'
import { Resampler } from '../stages/resampler.ts'
import { ChannelTranscriber } from './channel-transcriber.ts'
import { chooseModel, languageOf, deprecationWarning } from './choose-model.ts'
import type { TranscribeOptions } from './transcribe-options.ts'

/** Frames of silence per write. */
const SILENCE_FRAMES = 16_000

async function* bytesOf(
  chunks: AsyncIterable<AudioChunk>,
): AsyncGenerator<Uint8Array> {
  let next = 0
  for await (const chunk of chunks) {
    for (; next < chunk.offset; next += SILENCE_FRAMES) {
      const frames = Math.min(SILENCE_FRAMES, chunk.offset - next)
      yield s16Bytes(new Float32Array(frames))
    }
    yield s16Bytes(chunk.channels[0]!)
    next = endOf(chunk)
  }
}

/**
 * Converts mono {@link AudioChunk}s to headerless `s16le` PCM. A gap becomes
 * silence, so that later audio keeps its time.
 */
const pcmBytes = (): Duplex => Duplex.from(bytesOf)

/** Options that only the other engine has. */
const unsupported = ['recognizer', 'latency'] as const

/** Options of turn detection in live speech. */
const turnOptions = ['modelDir', 'voiceActivity'] as const

const selectModel = ({
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
  const ending = deprecationWarning(model, today)
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

/**
 * Returns a language in OpenAI's format: without a region, except for the
 * variants of Chinese of models that support several languages.
 *
 * @throws {OptionError} if it is no code of a language
 */
const languageForOpenAI = (code: string, several: boolean): string => {
  const language = languageOf(code)
  const chinese = /^zh[-_](cn|tw|hk)$/i.exec(code)
  return several && chinese ? `zh-${chinese[1]!.toLowerCase()}` : language
}

/** Decodes the input and sends each channel as a separate file. */
const separatePipeline = (
  input: AudioInput,
  options: TranscribeOptions,
  { signal, ...request }: FileTranscriberOptions,
  warnings: readonly StageWarning[],
): Pipeline => {
  const stage = given({ signal })
  const sampleRate = PART_RATE
  const raw = { encoding: 's16le', sampleRate, channels: 1 } as const
  const transcriber = new ChannelTranscriber({
    open: () => [pcmBytes(), new FileTranscriber({ ...request, raw })],
    ...stage,
  })
  const source = new AudioSource(input, options)
  return {
    source,
    stages: [
      source.stream(),
      new Resampler({ sampleRate, channels: 'keep', ...stage }),
    ],
    transcriber,
    warnings,
  }
}

/**
 * Sends a file's bytes to OpenAI's endpoint for files. Live audio is decoded,
 * resampled to 24 kHz mono, cut into 50 ms and sent to the Realtime API.
 */
export const openaiPipeline = async (
  input: AudioInput,
  options: TranscribeOptions,
): Promise<Pipeline> => {
  for (const name of unsupported)
    if (options[name] !== undefined)
      throw new OptionError(name, "is for engine: 'local'; leave it out")
  for (const name of turnOptions)
    if (options[name] !== undefined && !options.live)
      throw new OptionError(
        name,
        "is for engine: 'local', or live; leave it out",
      )
  const { model, warnings } = selectModel(options)
  const separate = options.channels === 'separate'
  if (separate) checkSeparate(options, model)
  const { live, language, prompt, keywords, signal } = options
  const several = [
    openaiModels[model]?.files?.language,
    openaiModels[model]?.realtime?.language,
  ].includes('languages')
  const request = {
    client: options.client ?? (await openaiClient()),
    model,
    ...(language !== undefined && {
      language: languageForOpenAI(language, several),
    }),
    ...given({ prompt, keywords, signal }),
  }
  if (separate) return separatePipeline(input, options, request, warnings)
  if (!live) {
    const { raw, maxDurationMs, strict, ffmpeg } = options
    const transcriber = new FileTranscriber({
      ...request,
      ...given({ raw, maxDurationMs, strict, ffmpeg }),
    })
    const source = new InputBytes(input, options.stop)
    return { source, stages: [source.stream()], transcriber, warnings }
  }
  const stage = given({ signal })
  const { modelDir, voiceActivity } = options
  const transcriber = new RealtimeTranscriber({
    ...request,
    live: true,
    turnDetection: { type: 'local_vad', ...given({ modelDir, voiceActivity }) },
  })
  const source = new AudioSource(input, options)
  return {
    source,
    stages: [
      source.stream(),
      new Resampler({ sampleRate: REALTIME_SAMPLE_RATE, ...stage }),
      new Chunker({ ms: 50, ...stage }),
    ],
    transcriber,
    warnings,
  }
}
