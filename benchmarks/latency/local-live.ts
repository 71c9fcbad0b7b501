import { pipeline } from 'node:stream'
import {
  chunksOf,
  defaultModel,
  type Latency,
  LocalTranscriber,
  transcribe,
} from 'voxpipe'
import type { LiveStart } from '../competitors.ts'
import { startRecognizer } from '../start-recognizer.ts'

/** The local engine or a user's recogniser, with its models loaded. */
export const startLocalLive = (async ({
  latency,
  model = defaultModel(true),
  modelDir,
  recognizer: own,
  silenceMs,
}) => {
  const recognizer = await startRecognizer({
    model,
    ...(modelDir && { modelDir }),
    ...(own && { recognizer: own }),
  })
  return {
    model: recognizer.model,
    width: recognizer.size ?? 1,
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
    close: async () => recognizer.close?.(),
  }
}) satisfies LiveStart
