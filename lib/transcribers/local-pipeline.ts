import { Readable } from 'node:stream'
import { OptionError } from '../core/errors.ts'
import type { AudioInput } from '../io/open-input.ts'
import { Chunker } from '../transforms/chunker.ts'
import { Resampler } from '../transforms/resampler.ts'
import { AudioSource } from './audio-source.ts'
import { LOCAL_SAMPLE_RATE, LocalTranscriber } from './local.ts'
import type { Pipeline } from './pipeline.ts'
import {
  given,
  sourceOptions,
  type TranscribeOptions,
} from './transcribe-options.ts'

/** Options that this engine has no use for. */
const foreign = ['client', 'prompt', 'keywords'] as const

/** Decode, resample to 16 kHz mono, cut into 50 ms, transcribe here. */
export const localPipeline = (
  input: AudioInput,
  options: TranscribeOptions,
): Pipeline => {
  for (const name of foreign)
    if (options[name] !== undefined)
      throw new OptionError(name, "is for engine: 'openai'; leave it out")
  const { model, modelDir, pool, language, live, latency, signal } = options
  const stage = given({ signal })
  const transcriber = new LocalTranscriber({
    ...stage,
    ...given({ model, modelDir, pool, language, live, latency }),
  })
  // After the options have been checked: it opens the input.
  const source = new AudioSource(input, sourceOptions(options))
  return {
    source,
    stages: [
      Readable.from(source.read(), { highWaterMark: 1 }),
      new Resampler({ sampleRate: LOCAL_SAMPLE_RATE, ...stage }),
      new Chunker({ ms: 50, ...stage }),
    ],
    transcriber,
    warnings: [],
  }
}
