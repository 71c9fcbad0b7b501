import { pipeline } from 'node:stream'
import {
  chunksOf,
  type Latency,
  LocalTranscriber,
  transcribe,
  Resampler,
} from 'voxpipe'
import { openaiClient, RealtimeTranscriber } from 'voxpipe/openai'
import { defaultModel } from 'voxpipe/recognizers'
import type { LiveStart } from '../competitors.ts'
import { startRecognizer } from '../user-modules.ts'

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
        turnDetection: { type: 'local_vad', silenceDurationMs: silenceMs },
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

const OFFICIAL = 'https://api.openai.com/v1'

/** The live models that are measured, and who finds their turns. */
export const openaiLiveModels = {
  'gpt-live-transcribe': 'local_vad',
  'gpt-transcribe': 'server_vad',
} as const

/** The file models that are measured. */
export const openaiFileModels = ['gpt-transcribe'] as const

/**
 * Why OpenAI is not measured; undefined where it can be, or where others are
 * named. It is asked only where it is named: no audio leaves the machine, and
 * nothing is paid for, because a key happens to be there.
 */
export const whyNoOpenAI = (
  engines: readonly string[] | undefined,
): string | undefined => {
  if (engines === undefined)
    return 'it is sent the clips, at its prices, where it is named: --engine local,openai'
  return engines.includes('openai') && !process.env['OPENAI_API_KEY']?.trim()
    ? 'OPENAI_API_KEY is not set'
    : undefined
}

/** Who is asked: `openai`, or `openai at HOST` where it is somebody else. */
export const openaiName = async (): Promise<string> => {
  const { baseURL } = await openaiClient()
  return baseURL.replace(/\/$/, '') === OFFICIAL
    ? 'openai'
    : `openai at ${new URL(baseURL).host}`
}

/** OpenAI's Realtime API; its audio is resampled on the way. */
export const startOpenAILive = (async ({
  model = 'gpt-live-transcribe',
  language,
  silenceMs,
}) => {
  const client = await openaiClient()
  const type = openaiLiveModels[model as keyof typeof openaiLiveModels]
  return {
    model: `${model}, ${type}`,
    width: 1,
    run: (source, { signal }) => {
      const transcriber = new RealtimeTranscriber({
        client,
        model,
        ...(language && { language }),
        live: true,
        turnDetection: { type, silenceDurationMs: silenceMs },
        signal,
      })
      const resampler = new Resampler({ sampleRate: 24_000 })
      // Whoever reads the last stage is told of an error anywhere.
      pipeline(source, resampler, transcriber, () => {})
      return chunksOf(transcriber)
    },
    close: async () => {},
  }
}) satisfies LiveStart
