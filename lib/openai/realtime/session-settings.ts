import { OptionError } from '../../core/errors.ts'
import { checkNumber, checkOneOf } from '../../core/options.ts'
import {
  openaiModels,
  type OpenAIModel,
  type RealtimeFamily,
} from '../wire/openai-models.ts'

/** Sample rate of the Realtime API, in Hz. */
export const REALTIME_SAMPLE_RATE = 24_000

/** Turns that OpenAI's server finds by the level of the audio. */
export type ServerVad = {
  readonly type: 'server_vad'
  /** Level from which audio counts as speech, 0 to 1. @default 0.5 */
  readonly threshold?: number
  /** Audio before the first speech that belongs to a turn. @default 300 */
  readonly prefixPaddingMs?: number
  /** Silence that ends a turn. @default 500 */
  readonly silenceDurationMs?: number
}

/** Turns that OpenAI's server finds by what is said. */
export type SemanticVad = {
  readonly type: 'semantic_vad'
  /** How soon it takes a turn for finished. @default 'auto' */
  readonly eagerness?: 'low' | 'medium' | 'high' | 'auto'
}

/** What a Realtime session is told of the audio and of the options for it. */
export type RealtimeSessionOptions = {
  /**
   * @default 'gpt-live-transcribe'
   */
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
  /** What the model is to know of the audio; not `gpt-realtime-whisper`. */
  readonly prompt?: string
  /**
   * How long the model waits before it shows text; models that answer while
   * somebody speaks only.
   */
  readonly delay?: 'minimal' | 'low' | 'medium' | 'high' | 'xhigh'
  /** Takes noise out of the audio first: of a microphone near or far. */
  readonly noiseReduction?: 'near_field' | 'far_field'
  /** Asks for the probability of each token, as `logprobs` of finals. */
  readonly logprobs?: boolean
}

/** A part of the `session.update` event, in OpenAI's words. */
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
 * A configuration in the form of the protocol's first version, that of
 * `transcription_session.update`.
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

/** {@link RealtimeSessionOptions} that were found to fit each other. */
export type SessionPlan = {
  readonly model: string
  readonly family: RealtimeFamily
  /** With no turn detection. */
  readonly config: SessionConfig
  /** How the server is told to find turns, where it is to. */
  readonly serverTurns: Readonly<Record<string, unknown>> | undefined
}

const DEFAULT_MODEL = 'gpt-live-transcribe'

const refuse = (option: string, problem: string): never => {
  throw new OptionError(option, problem)
}

/** Models of other makers are taken for `committed` ones that know it all. */
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
      `'${model}' does not work live: use ${DEFAULT_MODEL}, or FileTranscriber for '${model}'`,
    )
  )
}

const checkText = (name: string, value: unknown): void => {
  if (typeof value !== 'string' || value === '')
    refuse(name, 'must be a text that is not empty')
}

const checkTexts = (name: string, values: unknown): void => {
  if (!Array.isArray(values) || values.length === 0)
    refuse(name, 'must be a list of texts')
  for (const value of values as unknown[]) checkText(name, value)
}

/** The members of `transcription`, checked against what the model can do. */
const transcriptionOf = (
  model: string,
  { language, languages, keywords, prompt, delay }: RealtimeSessionOptions,
): Record<string, unknown> => {
  const can = abilitiesOf(model)
  const cannot = (option: string): never =>
    refuse(option, `is not for '${model}': leave it out, or use another model`)
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
    refuse('languages', 'and language exclude each other: give one')
  if (language !== undefined) checkText('language', language)
  if (languages !== undefined) checkTexts('languages', languages)
  if (prompt !== undefined) checkText('prompt', prompt)
  if (keywords !== undefined) checkTexts('keywords', keywords)
  if (keywords?.some(keyword => /[<>\r\n]/.test(keyword)))
    refuse('keywords', 'must be without <, > and line breaks')
  if (delay !== undefined)
    checkOneOf('delay', delay, ['minimal', 'low', 'medium', 'high', 'xhigh'])
  // A single language, told as such, is ignored by models that take several.
  const one =
    can.language === 'languages' ? { languages: [language] } : { language }
  return {
    model,
    ...(language !== undefined && one),
    ...(languages !== undefined && { languages }),
    ...(keywords !== undefined && { keywords }),
    ...(prompt !== undefined && { prompt }),
    ...(delay !== undefined && { delay }),
  }
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
 * Checks options against each other and the model, before any connection.
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
      `'${turns.type}' is not for '${model}', which finds no turns: leave it out, and turns are found here`,
    )
  if (noiseReduction !== undefined)
    checkOneOf('noiseReduction', noiseReduction, ['near_field', 'far_field'])
  if (logprobs && !canProbs)
    refuse('logprobs', `are not known to '${model}': leave it out`)
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

/** How long the Realtime transcriber waits for what; in ms. */
export type RealtimeTiming = {
  /** For a session to be ready, before it is tried anew. @default 10000 */
  readonly connectMs: number
  /**
   * Between pings. A connection on which nothing came from one ping to the
   * next is dead, unless this process was too busy to notice or the ping still
   * waits behind audio that is leaving. @default 10000
   */
  readonly pingMs: number
  /**
   * For the final of a turn that was committed, before the turn is sent
   * again, to another session. @default 30000
   */
  readonly answerMs: number
  /** Before the second attempt to connect; doubled for each one after it. @default 500 */
  readonly reconnectMs: number
  /** Between attempts to connect, at most. @default 8000 */
  readonly reconnectMaxMs: number
  /**
   * Without any service, before the first session is given up, and after it
   * before turns become gaps. A session that becomes ready starts it anew.
   * Also the longest time for which a turn is tried again because of rate
   * limits. @default 60000
   */
  readonly giveUpMs: number
  /**
   * For the finals that are outstanding when the input has ended, each time
   * one came, a turn was tried again or a session became ready. When it has
   * passed for the first and the second time, they are sent to another session;
   * after the third time they are gaps. @default 30000
   */
  readonly drainMs: number
  /**
   * After which a session is replaced, at the next silence; sooner where it
   * expires sooner. @default 3300000
   */
  readonly rotateMs: number
  /**
   * Between the last audio of a turn and its commit, for models that answer
   * while somebody speaks: they forget what they have not heard by then.
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

/** Longest that a timer can wait. */
const MAX_MS = 2 ** 31 - 1

/** Fills in what is not given. */
export const resolveTiming = (
  given: Partial<RealtimeTiming> = {},
): RealtimeTiming => {
  const timing = { ...defaults }
  for (const [name, ms] of Object.entries(given)) {
    if (!Object.hasOwn(defaults, name))
      throw new OptionError(`timing.${name}`, 'is none; see RealtimeTiming')
    if (ms === undefined) continue
    checkNumber(`timing.${name}`, ms, name === 'settleMs' ? 0 : 1, MAX_MS)
    Object.assign(timing, { [name]: ms })
  }
  return timing
}
