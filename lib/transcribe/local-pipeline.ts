import { Readable } from 'node:stream'
import { OptionError } from '../core/errors.ts'
import { given } from '../core/options.ts'
import {
  MoonshineRecognizer,
  defaultModel,
} from '../recognizers/moonshine/moonshine-recognizer.ts'
import type { AudioInput } from '../io/open-input.ts'
import { Chunker } from '../stages/chunker.ts'
import { Resampler } from '../stages/resampler.ts'
import { AudioSource, type Pipeline } from './audio-source.ts'
import { ChannelTranscriber } from './channel-transcriber.ts'
import { LOCAL_SAMPLE_RATE, LocalTranscriber } from './local-transcriber.ts'
import { sourceOptions, type TranscribeOptions } from './transcribe-options.ts'

/** Options that this engine has no use for. */
const foreign = ['client', 'prompt'] as const

const mixed = (options: TranscribeOptions): LocalTranscriber => {
  const { model, modelDir, recognizer, language, keywords } = options
  const { voiceActivity, live, latency, signal } = options
  return new LocalTranscriber(
    given({
      model,
      modelDir,
      recognizer,
      voiceActivity,
      language,
      keywords,
      live,
      latency,
      signal,
    }),
  )
}

/** All channels share one recogniser; the signal is for the stage around them. */
const separate = ({
  signal,
  ...options
}: TranscribeOptions): ChannelTranscriber => {
  const { model, modelDir, live = false } = options
  if (options.recognizer)
    return new ChannelTranscriber({
      open: () => [mixed(options)],
      ...given({ signal }),
    })
  const recognizer = new MoonshineRecognizer({
    model: model ?? defaultModel(live),
    ...given({ modelDir, signal }),
  })
  const { voiceActivity, language, keywords, latency } = options
  const shared = given({
    recognizer,
    voiceActivity,
    language,
    keywords,
    live,
    latency,
  })
  return new ChannelTranscriber({
    open: () => [mixed(shared)],
    close: () => recognizer.close(),
    ...given({ signal }),
  })
}

/** Decode, resample to 16 kHz mono, cut into 50 ms, transcribe here. */
export const localPipeline = (
  input: AudioInput,
  options: TranscribeOptions,
): Pipeline => {
  for (const name of foreign)
    if (options[name] !== undefined)
      throw new OptionError(name, "is for engine: 'openai'; leave it out")
  const { channels = 'mix', signal } = options
  const stage = given({ signal })
  const transcriber = channels === 'mix' ? mixed(options) : separate(options)
  // After the options have been checked: it opens the input.
  const source = new AudioSource(input, sourceOptions(options))
  return {
    source,
    stages: [
      Readable.from(source.read(), { highWaterMark: 1 }),
      new Resampler({
        sampleRate: LOCAL_SAMPLE_RATE,
        channels: channels === 'mix' ? 'mono' : 'keep',
        ...stage,
      }),
      new Chunker({ ms: 50, ...stage }),
    ],
    transcriber,
    warnings: [],
  }
}
