import { pipeline } from 'node:stream'
import { chunksOf } from '../../core/stage.ts'
import { MoonshineRecognizer } from '../../recognizers/moonshine/moonshine-recognizer.ts'
import type { Latency } from '../../recognizers/latency.ts'
import { defaultModel } from '../../recognizers/moonshine/resolve-engine.ts'
import { transcribe } from '../../transcribe.ts'
import { LocalTranscriber } from '../../transcribers/local.ts'
import type { LiveStart } from '../competitors.ts'

/** The local engine, with its models loaded. */
export const startLocalLive = (async ({
  latency,
  model = defaultModel(true),
  modelDir,
  silenceMs,
}) => {
  const recognizer = new MoonshineRecognizer({
    model,
    ...(modelDir && { modelDir }),
  })
  await recognizer.warmUp()
  return {
    model: recognizer.model,
    width: recognizer.size,
    run: (source, { signal }) => {
      const transcriber = new LocalTranscriber({
        live: true,
        recognizer,
        silenceDurationMs: silenceMs,
        ...(latency && { latency: latency as Latency }),
        signal,
      })
      // Whoever reads the last stage is told of an error anywhere.
      pipeline(source, transcriber, () => {})
      return chunksOf(transcriber)
    },
    decodeFile: path => transcribe(path, { recognizer }).text(),
    close: () => recognizer.close(),
  }
}) satisfies LiveStart
