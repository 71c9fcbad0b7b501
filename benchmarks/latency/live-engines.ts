import { basename } from 'node:path'
import { type Readable, pipeline } from 'node:stream'
import {
  InputError,
  type TranscriptEvent,
  chunksOf,
  type Latency,
  LocalTranscriber,
  transcribe,
  Resampler,
} from 'voxpipe'
import { RealtimeTranscriber, openaiClient } from 'voxpipe/openai'
import { defaultModel } from 'voxpipe/recognizers'
import { z } from 'zod'
import type { LiveEngine, LiveStart } from '../competitors.ts'
import { loadModule, startRecognizer } from '../user-modules.ts'
import type { LatencyEngine } from './measure-latency.ts'

const SHAPE = '(source, { signal }) => AsyncIterable of events'

const ms = z.number()
const eventSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('delta'), turn: z.string(), text: z.string() }),
  z.object({
    type: z.literal('final'),
    turn: z.string(),
    text: z.string(),
    start: ms,
    end: ms,
    words: z
      .array(z.object({ text: z.string(), start: ms, end: ms }))
      .optional(),
  }),
  z.object({
    type: z.enum([
      'start',
      'speech-start',
      'speech-end',
      'gap',
      'warning',
      'end',
    ]),
  }),
])

/** What a user wrote: may be anything, also a promise of what it should be. */
type OwnPipeline = (...args: Parameters<LatencyEngine>) => unknown

const loaded = async (path: string): Promise<OwnPipeline> => {
  const exported = await loadModule(path)
  if (typeof exported !== 'function')
    throw new InputError(
      `'${basename(path)}' has no function as its default export; it needs export default ${SHAPE}`,
    )
  return exported as OwnPipeline
}

const isIterable = (value: unknown): value is AsyncIterable<unknown> =>
  typeof value === 'object' && value !== null && Symbol.asyncIterator in value

async function* checked(
  events: unknown,
  source: Readable,
  name: string,
): AsyncGenerator<TranscriptEvent> {
  if (!isIterable(events))
    throw new InputError(
      `what '${name}' answers cannot be iterated; it needs export default ${SHAPE}`,
    )
  let count = 0
  for await (const event of events) {
    count++
    const { error } = eventSchema.safeParse(event)
    if (error) {
      const { path, message } = error.issues[0]!
      const place = path.length > 0 ? `its '${path.join('.')}'` : 'it'
      throw new InputError(
        `event ${count} of '${name}' is no TranscriptEvent, ${place}: ${message}`,
      )
    }
    const { type } = event as TranscriptEvent
    if ((type === 'delta' || type === 'final') && !source.readableDidRead)
      throw new InputError(
        `'${name}' gives text before it has read any audio; it must read the source that it is given`,
      )
    yield event as TranscriptEvent
  }
}

/**
 * A pipeline of the user's own, as a live engine: a module with
 * `(source, { signal }) => AsyncIterable<TranscriptEvent>` as its default
 * export, which is called for each clip.
 *
 * @param path absolute
 * @throws InputError where it cannot be loaded, or has no such export; its
 *   iteration where what comes is no event
 */
export const startOwnPipeline = async (path: string): Promise<LiveEngine> => {
  const name = basename(path)
  const run = await loaded(path)
  return {
    model: '',
    width: 1,
    run: async function* (source, options) {
      yield* checked(await run(source, options), source, name)
    },
    close: async () => {},
  }
}

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
