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

const live: ServedModel = {
  formats: [],
  streams: false,
  maxSeconds: 0,
  logprobs: false,
  languages: false,
  usage: 'duration',
  realtime: 'live',
  serverTurns: false,
}

const gpt4o: ServedModel = {
  formats: ['json', 'text'],
  streams: true,
  maxSeconds: 1_400,
  logprobs: true,
  languages: false,
  usage: 'tokens',
  realtime: 'committed',
  serverTurns: true,
}

/** The models of OpenAI, by name. */
export const servedModels: ServedModels = {
  'whisper-1': {
    formats: ['json', 'text', 'srt', 'verbose_json', 'vtt'],
    streams: false,
    maxSeconds: Infinity,
    logprobs: false,
    languages: false,
    usage: 'duration',
    realtime: 'committed',
    serverTurns: true,
  },
  'gpt-transcribe': {
    ...gpt4o,
    maxSeconds: 1_800,
    logprobs: false,
    languages: true,
    usage: 'duration',
  },
  'gpt-live-transcribe': { ...live, languages: true },
  'gpt-4o-mini-transcribe': gpt4o,
  'gpt-4o-mini-transcribe-2025-12-15': gpt4o,
  'gpt-4o-transcribe': gpt4o,
  'gpt-4o-transcribe-diarize': {
    formats: ['json', 'text', 'diarized_json'],
    streams: true,
    maxSeconds: 1_400,
    logprobs: false,
    languages: false,
    usage: 'tokens',
    serverTurns: false,
  },
  'gpt-realtime-whisper': live,
}

/** The model of a name; no name of Object's own is one. */
export const servedModel = (
  name: string,
  models: ServedModels = servedModels,
): ServedModel | undefined =>
  Object.hasOwn(models, name) ? models[name] : undefined
