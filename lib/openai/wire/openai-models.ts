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
