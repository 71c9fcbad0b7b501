/** Formats of answers of OpenAI's transcription endpoint. */
export type ResponseFormat =
  'json' | 'text' | 'srt' | 'verbose_json' | 'vtt' | 'diarized_json'

/** What a model can do with an uploaded file. */
export type FileAbilities = {
  readonly formats: readonly ResponseFormat[]
  /** Whether `stream` brings deltas; where not, the service ignores it. */
  readonly streams: boolean
  readonly wordTimes: boolean
  readonly speakers: boolean
  readonly logprobs: boolean
  readonly prompt: boolean
  readonly keywords: boolean
  /** Which parameter tells it the language. */
  readonly language: 'language' | 'languages'
  /** Longest audio of one request, in seconds, where there is a limit. */
  readonly maxSeconds?: number
}

/**
 * How a model works in the Realtime API: `committed` ones have text once a
 * turn is committed and may detect turns themselves; `live` ones have it
 * while somebody speaks, and refuse to detect turns.
 */
export type RealtimeFamily = 'committed' | 'live'

/** A speech-to-text model of OpenAI. */
export type OpenAIModel = {
  readonly files?: FileAbilities
  readonly realtime?: {
    readonly family: RealtimeFamily
    readonly prompt: boolean
    readonly keywords: boolean
    readonly language: 'language' | 'languages'
    readonly delay: boolean
    readonly logprobs: boolean
  }
  /**
   * Price of a minute of audio in US dollars, as listed in October 2026; what
   * is billed by tokens comes to about that.
   */
  readonly perMinute: number
  /** What a request to it is billed by. */
  readonly billedBy: 'tokens' | 'duration'
  /** Day from which it is no longer served, YYYY-MM-DD, where announced. */
  readonly shutdown?: string
  readonly successor?: string
}

const gpt4o: OpenAIModel = {
  perMinute: 0.006,
  billedBy: 'tokens',
  files: {
    formats: ['json', 'text'],
    streams: true,
    wordTimes: false,
    speakers: false,
    logprobs: true,
    prompt: true,
    keywords: false,
    language: 'language',
    maxSeconds: 1_400,
  },
  realtime: {
    family: 'committed',
    prompt: true,
    keywords: false,
    language: 'language',
    delay: false,
    logprobs: true,
  },
  shutdown: '2027-02-26',
  successor: 'gpt-transcribe',
}

const gpt4oMini: OpenAIModel = { ...gpt4o, perMinute: 0.003 }

const live = {
  family: 'live',
  language: 'language',
  delay: true,
  logprobs: false,
} as const

/**
 * What OpenAI's models can do, as of openai 7.55: the one place for it, and
 * for the days on which models end.
 */
export const openaiModels: Readonly<Record<string, OpenAIModel>> = {
  'gpt-transcribe': {
    perMinute: 0.0045,
    billedBy: 'duration',
    files: {
      formats: ['json', 'text'],
      streams: true,
      wordTimes: false,
      speakers: false,
      logprobs: false,
      prompt: true,
      keywords: true,
      language: 'languages',
      maxSeconds: 1_800,
    },
    realtime: {
      family: 'committed',
      prompt: true,
      keywords: true,
      language: 'languages',
      delay: false,
      logprobs: false,
    },
  },
  'gpt-live-transcribe': {
    perMinute: 0.017,
    billedBy: 'duration',
    realtime: { ...live, prompt: true, keywords: true, language: 'languages' },
  },
  'gpt-realtime-whisper': {
    perMinute: 0.017,
    billedBy: 'duration',
    realtime: { ...live, prompt: false, keywords: false },
  },
  'gpt-4o-transcribe': gpt4o,
  'gpt-4o-mini-transcribe': gpt4oMini,
  'gpt-4o-mini-transcribe-2025-12-15': gpt4oMini,
  'gpt-4o-transcribe-diarize': {
    perMinute: 0.006,
    billedBy: 'tokens',
    files: {
      formats: ['json', 'text', 'diarized_json'],
      streams: true,
      wordTimes: false,
      speakers: true,
      logprobs: false,
      prompt: false,
      keywords: false,
      language: 'language',
      maxSeconds: 1_400,
    },
    shutdown: '2027-02-26',
  },
  'whisper-1': {
    perMinute: 0.006,
    billedBy: 'duration',
    files: {
      formats: ['json', 'text', 'srt', 'verbose_json', 'vtt'],
      streams: false,
      wordTimes: true,
      speakers: false,
      logprobs: false,
      prompt: true,
      keywords: false,
      language: 'language',
    },
    realtime: {
      family: 'committed',
      prompt: true,
      keywords: false,
      language: 'language',
      delay: false,
      logprobs: false,
    },
    shutdown: '2027-02-26',
  },
}

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
