import { OptionError } from '../../core/errors.ts'
import { checkNumber, checkOneOf, given } from '../../core/options.ts'
import {
  openaiModels,
  type OpenAIModel,
  type RealtimeFamily,
} from '../wire/openai-models.ts'

/** Sample rate of the Realtime API, in Hz. */
export const REALTIME_SAMPLE_RATE = 24_000

/** Turn detection of OpenAI's server by audio level. */
export type ServerVad = {
  readonly type: 'server_vad'
  /** Level from which audio counts as speech, 0 to 1. @default 0.5 */
  readonly threshold?: number
  /** Audio before the first speech that belongs to a turn. @default 300 */
  readonly prefixPaddingMs?: number
  /** Silence that ends a turn. @default 500 */
  readonly silenceDurationMs?: number
}

/** Turn detection of OpenAI's server by meaning. */
export type SemanticVad = {
  readonly type: 'semantic_vad'
  /** How soon it considers a turn finished. @default 'auto' */
  readonly eagerness?: 'low' | 'medium' | 'high' | 'auto'
}

/** Options of a Realtime session. */
export type RealtimeSessionOptions = {
  /** @default 'gpt-live-transcribe' */
  readonly model?: string
  /** Language spoken, ISO 639-1. @default found out by the model */
  readonly language?: string
  /**
   * Languages that may be spoken; `gpt-transcribe` and `gpt-live-transcribe`
   * only.
   */
  readonly languages?: readonly string[]
  /** Words to expect; the same models only. */
  readonly keywords?: readonly string[]
  /** Context of the audio; not for `gpt-realtime-whisper`. */
  readonly prompt?: string
  /**
   * How long the model waits before it sends text; only for models that answer
   * during speech.
   */
  readonly delay?: 'minimal' | 'low' | 'medium' | 'high' | 'xhigh'
  /** Reduces noise, of a near or far microphone. */
  readonly noiseReduction?: 'near_field' | 'far_field'
  /** Requests the log probability of each token, as `logprobs` of finals. */
  readonly logprobs?: boolean
}

/** The session of a `session.update` event. */
export type SessionConfig = {
  readonly type: 'transcription'
  readonly audio: {
    readonly input: {
      readonly format: { readonly type: 'audio/pcm'; readonly rate: 24_000 }
      readonly transcription: Readonly<Record<string, unknown>>
      readonly noise_reduction: { readonly type: string } | null
      readonly turn_detection: Readonly<Record<string, unknown>> | null
    }
  }
  readonly include?: readonly string[]
}

/**
 * Converts a configuration for `transcription_session.update`, of the
 * protocol's first version.
 */
export const olderFormOf = ({
  audio,
  include,
}: Partial<SessionConfig>): Record<string, unknown> => ({
  ...(audio && {
    input_audio_format: 'pcm16',
    input_audio_transcription: audio.input.transcription,
    input_audio_noise_reduction: audio.input.noise_reduction,
    turn_detection: audio.input.turn_detection,
  }),
  ...(include && { include }),
})

/** Checked {@link RealtimeSessionOptions}. */
export type SessionPlan = {
  readonly model: string
  readonly family: RealtimeFamily
  /** Without turn detection. */
  readonly config: SessionConfig
  /** Settings of the server's turn detection, if it is used. */
  readonly serverTurns: Readonly<Record<string, unknown>> | undefined
}

const DEFAULT_MODEL = 'gpt-live-transcribe'

const refuse = (option: string, problem: string): never => {
  throw new OptionError(option, problem)
}

/** Unknown models are treated as `committed` ones with all abilities. */
const unknown: NonNullable<OpenAIModel['realtime']> = {
  family: 'committed',
  prompt: true,
  keywords: true,
  language: 'language',
  delay: true,
  logprobs: true,
}

const abilitiesOf = (model: string): NonNullable<OpenAIModel['realtime']> => {
  const known = openaiModels[model]
  if (!known) return unknown
  return (
    known.realtime ??
    refuse(
      'model',
      `'${model}' does not transcribe live: use ${DEFAULT_MODEL}, or FileTranscriber for '${model}'`,
    )
  )
}

const checkText = (name: string, value: unknown): void => {
  if (typeof value !== 'string' || value === '')
    refuse(name, 'must be a non-empty string')
}

const checkTexts = (name: string, values: unknown): void => {
  if (!Array.isArray(values) || values.length === 0)
    refuse(name, 'must be a list of strings')
  for (const value of values as unknown[]) checkText(name, value)
}

/** Returns `transcription`, checked against the model's abilities. */
const transcriptionOf = (
  model: string,
  { language, languages, keywords, prompt, delay }: RealtimeSessionOptions,
): Record<string, unknown> => {
  const can = abilitiesOf(model)
  const cannot = (option: string): never =>
    refuse(
      option,
      `cannot be used with '${model}': omit it, or use another model`,
    )
  if (prompt !== undefined && !can.prompt) cannot('prompt')
  if (keywords !== undefined && !can.keywords) cannot('keywords')
  if (delay !== undefined && !can.delay) cannot('delay')
  if (
    languages !== undefined &&
    can.language !== 'languages' &&
    can !== unknown
  )
    cannot('languages')
  if (language !== undefined && languages !== undefined)
    refuse('languages', 'and language cannot be combined: use one of them')
  if (language !== undefined) checkText('language', language)
  if (languages !== undefined) checkTexts('languages', languages)
  if (prompt !== undefined) checkText('prompt', prompt)
  if (keywords !== undefined) checkTexts('keywords', keywords)
  if (keywords?.some(keyword => /[<>\r\n]/.test(keyword)))
    refuse('keywords', 'cannot contain <, > or line breaks')
  if (delay !== undefined)
    checkOneOf('delay', delay, ['minimal', 'low', 'medium', 'high', 'xhigh'])
  // Models that accept several languages ignore `language`.
  const takesSeveral = can.language === 'languages'
  return given({
    model,
    language: takesSeveral ? undefined : language,
    languages: takesSeveral && language ? [language] : languages,
    keywords,
    prompt,
    delay,
  })
}

const serverTurnsOf = (
  turns: ServerVad | SemanticVad,
): Record<string, unknown> => {
  if (turns.type === 'semantic_vad') {
    const { type, eagerness = 'auto' } = turns
    const known = ['low', 'medium', 'high', 'auto']
    checkOneOf('turnDetection.eagerness', eagerness, known)
    return { type, eagerness }
  }
  const { type, threshold = 0.5 } = turns
  const { prefixPaddingMs = 300, silenceDurationMs = 500 } = turns
  checkNumber('turnDetection.threshold', threshold, 0, 1)
  checkNumber('turnDetection.prefixPaddingMs', prefixPaddingMs, 0, 5_000)
  checkNumber('turnDetection.silenceDurationMs', silenceDurationMs, 20, 10_000)
  return {
    type,
    threshold,
    prefix_padding_ms: prefixPaddingMs,
    silence_duration_ms: silenceDurationMs,
  }
}

/**
 * Checks options against each other and the model.
 *
 * @throws {OptionError} for what the model cannot do
 */
export const planSession = (
  options: RealtimeSessionOptions,
  turns?: ServerVad | SemanticVad,
): SessionPlan => {
  const { model = DEFAULT_MODEL, noiseReduction, logprobs = false } = options
  checkText('model', model)
  const transcription = transcriptionOf(model, options)
  const { family, logprobs: canProbs } = abilitiesOf(model)
  if (turns && family === 'live')
    refuse(
      'turnDetection',
      `'${turns.type}' cannot be used with '${model}', which finds no turns: omit it, and voxpipe finds them locally`,
    )
  if (noiseReduction !== undefined)
    checkOneOf('noiseReduction', noiseReduction, ['near_field', 'far_field'])
  if (logprobs && !canProbs)
    refuse('logprobs', `are not available from '${model}': omit it`)
  const type = 'transcription'
  return {
    model,
    family,
    serverTurns: turns && serverTurnsOf(turns),
    config: {
      type,
      audio: {
        input: {
          format: { type: 'audio/pcm', rate: REALTIME_SAMPLE_RATE },
          transcription,
          noise_reduction: noiseReduction ? { type: noiseReduction } : null,
          turn_detection: null,
        },
      },
      ...(logprobs && { include: ['item.input_audio_transcription.logprobs'] }),
    },
  }
}

/** Timeouts and intervals of the Realtime transcriber, in ms. */
export type RealtimeTiming = {
  /** Timeout for a session to become ready. @default 10000 */
  readonly connectMs: number
  /**
   * Interval between pings. A connection that received nothing between two
   * pings is considered dead, unless this process was busy or the ping still
   * waits behind audio. @default 10000
   */
  readonly pingMs: number
  /**
   * Timeout for the final of a committed turn; the turn is then sent again in
   * another session. @default 30000
   */
  readonly answerMs: number
  /**
   * Wait before the second attempt to connect; doubled for each further one.
   * @default 500
   */
  readonly reconnectMs: number
  /** Longest wait between attempts to connect. @default 8000 */
  readonly reconnectMaxMs: number
  /**
   * How long to try for the first session before the stage fails, and later for
   * a new session before waiting turns become gaps. Restarts when a session is
   * ready. Also the longest time for which a turn is retried because of rate
   * limits. @default 60000
   */
  readonly giveUpMs: number
  /**
   * How long to wait for outstanding finals after the end of the input.
   * Restarts when a final arrives, a turn is sent again or a session becomes
   * ready. When it has passed for the first and the second time, the turns are
   * sent to another session; after the third time they become gaps. @default
   * 30000
   */
  readonly drainMs: number
  /**
   * Age at which a session is replaced, at the next pause; earlier if it
   * expires earlier. @default 3300000
   */
  readonly rotateMs: number
  /**
   * Wait between the last audio of a turn and its commit, for models that
   * answer during speech: they discard audio that they have not processed by
   * then.
   * @default 300
   */
  readonly settleMs: number
}

const defaults: RealtimeTiming = {
  connectMs: 10_000,
  pingMs: 10_000,
  answerMs: 30_000,
  reconnectMs: 500,
  reconnectMaxMs: 8_000,
  giveUpMs: 60_000,
  drainMs: 30_000,
  rotateMs: 55 * 60_000,
  settleMs: 300,
}

/** Longest timeout of Node's timers. */
const MAX_MS = 2 ** 31 - 1

export const resolveTiming = (
  given: Partial<RealtimeTiming> = {},
): RealtimeTiming => {
  const timing = { ...defaults }
  for (const [name, ms] of Object.entries(given)) {
    if (!Object.hasOwn(defaults, name))
      throw new OptionError(
        `timing.${name}`,
        'is not an option; see RealtimeTiming',
      )
    if (ms === undefined) continue
    checkNumber(`timing.${name}`, ms, name === 'settleMs' ? 0 : 1, MAX_MS)
    Object.assign(timing, { [name]: ms })
  }
  return timing
}
