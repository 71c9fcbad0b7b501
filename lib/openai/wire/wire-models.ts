import { openaiModels, type OpenAIModel } from './openai-models.ts'

/** What a server lets a model do: the service's contract, not the client's. */
export type ServedModel = {
  /** Formats of answers to an upload; none: not served for files. */
  readonly formats: readonly string[]
  /** Whether a file of any name is taken, not those of OpenAI's list alone. */
  readonly anyFile?: boolean
  /** Whether `stream` is heeded. */
  readonly streams: boolean
  /** Longest upload, in seconds. */
  readonly maxSeconds: number
  readonly logprobs: boolean
  /** Whether it takes `languages` and `keywords`, and tells languages. */
  readonly languages: boolean
  readonly usage: 'tokens' | 'duration'
  /**
   * How it answers in a Realtime session: once a turn is committed, or while
   * it is spoken; none: not served there.
   */
  readonly realtime?: 'committed' | 'live'
  /** Whether the server may find its turns in a Realtime session. */
  readonly serverTurns: boolean
}

/** The models of a server, by name. */
export type ServedModels = Readonly<Record<string, ServedModel>>

const servedAs = ({ files, realtime, billedBy }: OpenAIModel): ServedModel => ({
  formats: files?.formats ?? [],
  streams: files?.streams ?? false,
  maxSeconds: files ? (files.maxSeconds ?? Infinity) : 0,
  logprobs: files?.logprobs ?? false,
  languages: (files ?? realtime)?.language === 'languages',
  usage: billedBy,
  ...(realtime && { realtime: realtime.family }),
  serverTurns: realtime?.family === 'committed',
})

/** OpenAI lists its models in this order. */
const ORDER = [
  'whisper-1',
  'gpt-transcribe',
  'gpt-live-transcribe',
  'gpt-4o-mini-transcribe',
  'gpt-4o-mini-transcribe-2025-12-15',
  'gpt-4o-transcribe',
  'gpt-4o-transcribe-diarize',
  'gpt-realtime-whisper',
]

/** The models of OpenAI, by name. */
export const servedModels: ServedModels = Object.fromEntries(
  [...new Set([...ORDER, ...Object.keys(openaiModels)])].map(name => [
    name,
    servedAs(openaiModels[name]!),
  ]),
)

/** The model of a name; no name of Object's own is one. */
export const servedModel = (
  name: string,
  models: ServedModels = servedModels,
): ServedModel | undefined =>
  Object.hasOwn(models, name) ? models[name] : undefined
