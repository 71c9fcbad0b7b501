import { pipeline } from 'node:stream'
import {
  openaiClient,
  RealtimeTranscriber,
  Resampler,
} from '../../dist/index.js'

const official = 'https://api.openai.com/v1'

/** Why OpenAI is not measured; undefined where it can be. */
export const whyNoOpenAI = () =>
  process.env.OPENAI_API_KEY?.trim()
    ? undefined
    : 'OPENAI_API_KEY is not set, and each run is paid for'

/** What else is asked than OpenAI itself, for the names of rows. */
export const otherService = async () => {
  const { baseURL } = await openaiClient()
  return baseURL.replace(/\/$/, '') === official
    ? undefined
    : `at ${new URL(baseURL).host}`
}

const ways = {
  'gpt-live-transcribe': silenceDurationMs => ({
    type: 'local_vad',
    silenceDurationMs,
  }),
  'gpt-transcribe': silenceDurationMs => ({
    type: 'server_vad',
    silenceDurationMs,
  }),
}

/** The models that are measured: live, and with files. */
export const openaiModels = {
  live: Object.keys(ways),
  files: ['gpt-transcribe'],
}

/**
 * OpenAI's Realtime API as a live engine; its audio is resampled on the way.
 *
 * @returns {Promise<import('./live-engines.js').LiveEngine>}
 */
export const startOpenAILive = async ({ model, silenceMs }) => {
  const client = await openaiClient()
  const turnDetection = ways[model](silenceMs)
  return {
    model: `${model}, ${turnDetection.type}`,
    width: 1,
    run: (source, { signal }) =>
      // Whoever reads the last stage is told of an error anywhere.
      pipeline(
        source,
        new Resampler({ sampleRate: 24_000 }),
        new RealtimeTranscriber({
          client,
          model,
          language: 'en',
          live: true,
          turnDetection,
          signal,
        }),
        () => {},
      ),
    close: async () => {},
  }
}
