import { OptionError } from '../core/errors.ts'
import { given } from '../core/options.ts'
import {
  MoonshineRecognizer,
  defaultModel,
} from '../recognizers/moonshine/moonshine-recognizer.ts'
import type { AudioInput } from './audio-input.ts'
import { AudioSource, type Pipeline } from './audio-source.ts'
import type { LocalVad } from '../recognizers/local-vad.ts'
import { RECOGNIZER_RATE } from '../recognizers/recognizer.ts'
import { Chunker } from '../stages/chunker.ts'
import { Resampler } from '../stages/resampler.ts'
import { ChannelTranscriber } from './channel-transcriber.ts'
import { LocalTranscriber } from './local-transcriber.ts'
import type { TranscribeOptions } from './transcribe-options.ts'

/** Options that only the other engine has. */
const unsupported = ['client', 'prompt'] as const

const mixedTranscriber = ({
  model,
  modelDir,
  recognizer,
  turnDetection,
  language,
  keywords,
  live,
  latency,
  signal,
}: TranscribeOptions): LocalTranscriber =>
  new LocalTranscriber(
    given({
      model,
      modelDir,
      recognizer,
      // LocalTranscriber refuses the other types.
      turnDetection: turnDetection as LocalVad | undefined,
      language,
      keywords,
      live,
      latency,
      signal,
    }),
  )

/**
 * All channels share one recogniser; the signal is for the stage around them.
 */
const separateTranscriber = ({
  signal,
  ...options
}: TranscribeOptions): ChannelTranscriber => {
  const { model, modelDir, channelNames: names, order, ...rest } = options
  const own = options.recognizer
    ? undefined
    : new MoonshineRecognizer({
        model: model ?? defaultModel(rest.live ?? false),
        modelDir,
        signal,
      })
  const shared = own ? { ...rest, recognizer: own } : options
  return new ChannelTranscriber({
    open: () => [mixedTranscriber(shared)],
    ...given({ names, order, close: own && (() => own.close()), signal }),
  })
}

/** Decodes, resamples to 16 kHz mono, cuts into 50 ms, transcribes locally. */
export const localPipeline = (
  input: AudioInput,
  options: TranscribeOptions,
): Pipeline => {
  for (const name of unsupported)
    if (options[name] !== undefined)
      throw new OptionError(name, "is only for engine: 'openai'; omit it")
  const { channels = 'mix', signal } = options
  const stage = given({ signal })
  const transcriber =
    channels === 'mix'
      ? mixedTranscriber(options)
      : separateTranscriber(options)
  // This opens the input, so the options have to be checked before.
  const source = new AudioSource(input, options)
  return {
    source,
    stages: [
      source.stream(),
      new Resampler({
        sampleRate: RECOGNIZER_RATE,
        channels: channels === 'mix' ? 'mono' : 'keep',
        ...stage,
      }),
      new Chunker({ ms: 50, ...stage }),
    ],
    transcriber,
    warnings: [],
  }
}
