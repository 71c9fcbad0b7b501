import { OptionError } from '../core/errors.ts'
import { checkOneOf } from '../core/options.ts'
import type { StageWarning } from '../core/stage.ts'
import { openaiModels, type OpenAIModel } from '../openai/wire/openai-models.ts'
import { defaultModel } from '../recognizers/moonshine/moonshine-recognizer.ts'

/** Requirements for {@link chooseModel}. */
export type ModelNeeds = {
  /** The audio arrives while it is spoken. @default false */
  readonly live?: boolean
  /** Somebody waits for the text of a finished file. @default false */
  readonly waiting?: boolean
  /** Every word needs a start and an end time. @default false */
  readonly wordTimes?: boolean
  /** The transcript must name speakers. @default false */
  readonly speakers?: boolean
  /** Language spoken, such as `en` or `pt-BR`. @default English */
  readonly language?: string
  /** No audio may leave this machine. @default false */
  readonly offline?: boolean
  /**
   * The engine, if you have already decided.
   * @default local, if it supports everything that you need
   */
  readonly engine?: TranscriptionEngine
  /** The day to choose for. @default today */
  readonly today?: Date
}

/** Engine: this machine, or OpenAI. */
export type TranscriptionEngine = 'local' | 'openai'

/**
 * Mode of a model: a file in one answer, a file with deltas, OpenAI's Realtime
 * API, the local engine for files, the local engine with deltas.
 */
export type TranscriptionMode =
  'file' | 'file-stream' | 'realtime' | 'local' | 'local-live'

/** Result of {@link chooseModel}. */
export type ModelChoice = {
  /** Engine to use. */
  readonly engine: TranscriptionEngine
  /** Model of that engine. */
  readonly model: string
  /** How to use the model. */
  readonly mode: TranscriptionMode
  /** Why it was chosen, and whether audio leaves this machine. */
  readonly reason: string
  /**
   * Unmet needs (`VOX_OPTION`), a language to test first (`VOX_LANGUAGE`), a
   * model near its end (`VOX_MODEL_ENDING`).
   */
  readonly warnings: readonly StageWarning[]
}

type Choice = Omit<ModelChoice, 'warnings'> & { readonly unmet?: string[] }

/**
 * Recommends an engine, a model and a mode.
 *
 * Without `engine`, it recommends the local engine for everything that this
 * supports: it is free, and the audio stays on this machine. It recommends
 * OpenAI only for a language other than English, and for speakers in files. The
 * reason then says that the audio is sent to OpenAI.
 *
 * Among OpenAI's models, live speech gets the Realtime API, speakers get the
 * model that separates them, word times get `whisper-1`, and every other file
 * gets a model that streams. If several models fit, one without an announced
 * end is preferred, then the cheapest.
 *
 * ```ts
 * const { engine, model, reason } = chooseModel({ language: 'de' })
 * ```
 *
 * @throws {OptionError} if no engine supports the needs, or an option is
 *   invalid
 */
export const chooseModel = (needs: ModelNeeds = {}): ModelChoice => {
  const { engine, offline = false, today = new Date() } = needs
  if (engine !== undefined) checkOneOf('engine', engine, ['local', 'openai'])
  if (offline && engine === 'openai')
    throw new OptionError(
      'offline',
      "keeps audio on this machine, and engine: 'openai' sends it away; leave one out",
    )
  const language =
    needs.language === undefined ? undefined : languageOf(needs.language)
  const choice = isLocal(needs, language)
    ? chooseLocal(needs, language)
    : chooseOpenAI(needs, language)
  return withWarnings(choice, language, today)
}

const withWarnings = (
  { unmet = [], ...choice }: Choice,
  language: string | undefined,
  today: Date,
): ModelChoice => {
  const warnings: StageWarning[] = unmet.map(message => ({
    code: 'VOX_OPTION',
    message,
  }))
  if (language !== undefined && isRareLanguage(language))
    warnings.push({
      code: 'VOX_LANGUAGE',
      message: `no figures are published for '${language}': compare the models on recordings of your own first`,
    })
  const ending = deprecationWarning(choice.model, today)
  if (ending) warnings.push(ending)
  return { ...choice, warnings }
}

/** Whether the local engine is requested, or supports all needs. */
const isLocal = (
  { engine, offline, live, speakers }: ModelNeeds,
  language: string | undefined,
): boolean => {
  if (offline || engine === 'local') return true
  if (engine === 'openai' || isNotEnglish(language)) return false
  return !speakers || live === true // nobody tells live speakers apart
}

const isNotEnglish = (language: string | undefined): boolean =>
  language !== undefined && language !== 'en'

const chooseLocal = (
  { offline, live = false, speakers }: ModelNeeds,
  language: string | undefined,
): Choice => {
  if (isNotEnglish(language))
    throw new OptionError(
      'language',
      `'${language}' is not known to the local engine, which knows English; ` +
        (offline ? "leave 'offline' out" : "use engine: 'openai'"),
    )
  return {
    engine: 'local',
    model: defaultModel(live),
    mode: live ? 'local-live' : 'local',
    reason: 'The local engine keeps the audio on this machine.',
    ...(speakers && {
      unmet: [
        live && !offline
          ? `live, no model tells speakers apart: transcribe the recording afterwards with ${speakersModel()}, which sends it to OpenAI`
          : 'the local engine does not tell speakers apart',
      ],
    }),
  }
}

const SENT_TO_OPENAI = 'The audio is sent to OpenAI, which charges for it.'

const chooseOpenAI = (needs: ModelNeeds, language?: string): Choice => {
  const { engine, live, speakers, wordTimes } = needs
  const choice = live
    ? chooseRealtime(needs, language)
    : speakers
      ? chooseDiarizing(needs)
      : wordTimes
        ? chooseWordTimes(needs)
        : chooseFile(needs)
  const why =
    engine === undefined && isNotEnglish(language)
      ? `The local engine does not know '${language}', only English. `
      : ''
  return { ...choice, reason: `${why}${choice.reason} ${SENT_TO_OPENAI}` }
}

const chooseFile = ({ waiting }: ModelNeeds): Choice => {
  const model = bestModel(({ files }) => files?.streams === true)
  return {
    engine: 'openai',
    model,
    mode: waiting ? 'file-stream' : 'file',
    reason: waiting
      ? `Somebody waits for a finished file: ${model} sends text as it has it.`
      : `Nobody waits: ${model} is the cheapest file model that no end is announced for.`,
  }
}

const chooseRealtime = (
  { wordTimes, speakers }: ModelNeeds,
  language: string | undefined,
): Choice => {
  const model = bestModel(({ realtime }) => realtime?.family === 'live')
  const unmet: string[] = []
  if (wordTimes)
    unmet.push(
      `live, no model of OpenAI gives word times: transcribe the recording afterwards with ${wordTimesModel()}${isNotEnglish(language) ? '' : ', or use the local engine if it is English'}`,
    )
  if (speakers)
    unmet.push(
      `live, no model tells speakers apart: transcribe the recording afterwards with ${speakersModel()}`,
    )
  return {
    engine: 'openai',
    model,
    mode: 'realtime',
    reason: `Live: ${model} has text while somebody speaks.`,
    unmet,
  }
}

const chooseDiarizing = ({ wordTimes, waiting }: ModelNeeds): Choice => ({
  engine: 'openai',
  model: speakersModel(),
  mode: waiting ? 'file-stream' : 'file',
  reason: `Only ${speakersModel()} tells speakers apart.`,
  ...(wordTimes && {
    unmet: [`${speakersModel()} gives the times of segments, not of words`],
  }),
})

const chooseWordTimes = ({ waiting }: ModelNeeds): Choice => ({
  engine: 'openai',
  model: wordTimesModel(),
  mode: 'file',
  reason: `Of OpenAI's models only ${wordTimesModel()} gives the time of every word.`,
  ...(waiting && {
    unmet: [
      `${wordTimesModel()} does not stream: its text comes when all of it is there`,
    ],
  }),
})

const wordTimesModel = (): string =>
  bestModel(({ files }) => files?.wordTimes === true)
const speakersModel = (): string =>
  bestModel(({ files }) => files?.speakers === true)

/** Returns the best of some models: without an announced end, then by price. */
const bestModel = (can: (model: OpenAIModel) => boolean): string => {
  const rank = ({ shutdown, perMinute }: OpenAIModel): number =>
    (shutdown === undefined ? 0 : 1_000) + perMinute
  const [first] = Object.entries(openaiModels)
    .filter(([, model]) => can(model))
    .toSorted(([, a], [, b]) => rank(a) - rank(b))
  return first![0]
}

const WARN_DAYS = 180
const DAY_MS = 86_400_000

/**
 * Warns of an OpenAI model that ends within 180 days, or has ended.
 *
 * @param model its name; unknown models cause no warning
 * @param today usually now
 * @returns a `VOX_MODEL_ENDING` warning, which names the successor if any
 */
export const deprecationWarning = (
  model: string,
  today: Date,
): StageWarning | undefined => {
  const { shutdown, successor } = openaiModels[model] ?? {}
  if (shutdown === undefined) return undefined
  const days = Math.ceil((Date.parse(shutdown) - today.getTime()) / DAY_MS)
  if (days > WARN_DAYS) return undefined
  const when =
    days > 0
      ? `is served until ${shutdown}, ${days} more ${days === 1 ? 'day' : 'days'}`
      : `is no longer served since ${shutdown}`
  const next =
    successor === undefined
      ? 'no other model is named for what it does'
      : `use ${successor}`
  return { code: 'VOX_MODEL_ENDING', message: `${model} ${when}; ${next}` }
}

/**
 * Languages that OpenAI's guide lists as supported: less than half of the words
 * are wrong.
 */
const supported = new Set(
  (
    'af ar hy az be bs bg ca zh hr cs da nl en et fi fr gl de el he hi hu is ' +
    'id it ja kn kk ko lv lt mk ms mr mi ne nb nn no fa pl pt ro ru sr sk sl ' +
    'es sw sv fil ta th tr uk ur vi cy'
  ).split(' '),
)

/**
 * Returns the shortest code of a language, given `de`, `pt-BR` or `deu`.
 *
 * @throws {OptionError} if it is no such code
 */
export const languageOf = (code: string): string => {
  const usable = /^[a-z]{2,3}(?:[-_][a-z\d]{2,8})*$/i.test(code)
  try {
    if (usable) return new Intl.Locale(code.replaceAll('_', '-')).language
  } catch {
    // Reported below.
  }
  throw new OptionError(
    'language',
    `must be a code such as 'en', 'de' or 'pt-BR', got '${code}'`,
  )
}

const isRareLanguage = (language: string): boolean => !supported.has(language)
