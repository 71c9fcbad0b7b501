/** Response formats of OpenAI's transcription endpoint. */
export type ResponseFormat =
  'json' | 'text' | 'srt' | 'verbose_json' | 'vtt' | 'diarized_json'

export const RESPONSE_FORMATS: readonly ResponseFormat[] = [
  'json',
  'text',
  'srt',
  'verbose_json',
  'vtt',
  'diarized_json',
]

/** What a model supports for uploaded files. */
export type FileAbilities = {
  /** Supported response formats. */
  readonly formats: readonly ResponseFormat[]
  /** Whether it supports `stream`; otherwise the service ignores it. */
  readonly streams: boolean
  /** Whether it reports word times. */
  readonly wordTimes: boolean
  /** Whether it separates speakers. */
  readonly speakers: boolean
  /** Whether it reports log probabilities. */
  readonly logprobs: boolean
  /** Whether it supports `prompt`. */
  readonly prompt: boolean
  /** Whether it supports `keywords`. */
  readonly keywords: boolean
  /** Parameter for the language. */
  readonly language: 'language' | 'languages'
  /** Longest audio per request, in seconds; unlimited if absent. */
  readonly maxSeconds?: number
}

/**
 * How a model works in the Realtime API. `committed` models send text after the
 * commit of a turn and can detect turns. `live` models send text during speech
 * and cannot detect turns.
 */
export type RealtimeFamily = 'committed' | 'live'

/** A speech-to-text model of OpenAI. */
export type OpenAIModel = {
  /** What it supports for uploaded files; absent if it accepts none. */
  readonly files?: FileAbilities
  /**
   * What it supports in the Realtime API; absent if it is not available there.
   */
  readonly realtime?: {
    /** Whether text comes after the commit of a turn or during speech. */
    readonly family: RealtimeFamily
    /** Whether it supports `prompt`. */
    readonly prompt: boolean
    /** Whether it supports `keywords`. */
    readonly keywords: boolean
    /** Parameter for the language. */
    readonly language: 'language' | 'languages'
    /** Whether it supports `delay`. */
    readonly delay: boolean
    /** Whether it reports log probabilities. */
    readonly logprobs: boolean
  }
  /**
   * Price per minute of audio in US dollars, as listed in October 2026;
   * approximate for models that are billed by tokens.
   */
  readonly perMinute: number
  /** Unit of billing. */
  readonly billedBy: 'tokens' | 'duration'
  /** First day without service, YYYY-MM-DD, if announced. */
  readonly shutdown?: string
  /** Model that OpenAI recommends instead. */
  readonly successor?: string
}

/** What most models do with a file. */
const basicFiles: FileAbilities = {
  formats: ['json', 'text'],
  streams: true,
  wordTimes: false,
  speakers: false,
  logprobs: false,
  prompt: true,
  keywords: false,
  language: 'language',
}

const committed = {
  family: 'committed',
  prompt: true,
  keywords: false,
  language: 'language',
  delay: false,
  logprobs: false,
} as const

const gpt4o: OpenAIModel = {
  perMinute: 0.006,
  billedBy: 'tokens',
  files: { ...basicFiles, logprobs: true, maxSeconds: 1_400 },
  realtime: { ...committed, logprobs: true },
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
 * OpenAI's speech-to-text models, as of openai 7.55: their abilities and
 * shutdown dates.
 */
export const openaiModels: Readonly<Record<string, OpenAIModel>> = {
  'gpt-transcribe': {
    perMinute: 0.0045,
    billedBy: 'duration',
    files: {
      ...basicFiles,
      keywords: true,
      language: 'languages',
      maxSeconds: 1_800,
    },
    realtime: { ...committed, keywords: true, language: 'languages' },
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
      ...basicFiles,
      formats: ['json', 'text', 'diarized_json'],
      speakers: true,
      prompt: false,
      maxSeconds: 1_400,
    },
    shutdown: '2027-02-26',
  },
  'whisper-1': {
    perMinute: 0.006,
    billedBy: 'duration',
    files: {
      ...basicFiles,
      formats: ['json', 'text', 'srt', 'verbose_json', 'vtt'],
      streams: false,
      wordTimes: true,
    },
    realtime: committed,
    shutdown: '2027-02-26',
  },
}

/** What a server supports for a model. */
export type ServedModel = {
  /** Response formats for uploads; empty if it takes no files. */
  readonly formats: readonly string[]
  /** Whether it accepts all file extensions, not only OpenAI's. */
  readonly anyFile?: boolean
  /** Whether it supports `stream`. */
  readonly streams: boolean
  /** Longest upload, in seconds. */
  readonly maxSeconds: number
  readonly logprobs: boolean
  /** Whether it accepts `languages` and `keywords` and reports languages. */
  readonly languages: boolean
  readonly usage: 'tokens' | 'duration'
  /** As {@link RealtimeFamily}; absent if it is not served there. */
  readonly realtime?: 'committed' | 'live'
  /** Whether it supports turn detection of the server. */
  readonly serverTurns: boolean
}

/** A server's models, by name. */
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

/** The order in OpenAI's list of models. */
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

/** OpenAI's models, by name. */
export const servedModels: ServedModels = Object.fromEntries(
  [...new Set([...ORDER, ...Object.keys(openaiModels)])].map(name => [
    name,
    servedAs(openaiModels[name]!),
  ]),
)

/** Returns a model by name. */
export const servedModel = (
  name: string,
  models: ServedModels = servedModels,
): ServedModel | undefined =>
  Object.hasOwn(models, name) ? models[name] : undefined
