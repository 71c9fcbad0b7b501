import { OptionError } from '../core/errors.ts'
import { checkOneOf } from '../core/options.ts'
import type { StageWarning } from '../core/stage.ts'
import { defaultModel } from '../engine/resolve-engine.ts'
import { isRareLanguage, languageOf } from './languages.ts'
import { modelEndWarning } from './model-ending.ts'
import { openaiModels, type OpenAIModel } from './openai-models.ts'

/** What a transcript is for; for {@link chooseModel}. */
export type ModelNeeds = {
  /** The audio comes while it is spoken. @default false */
  readonly live?: boolean
  /** Somebody waits for the text of a finished file. @default false */
  readonly waiting?: boolean
  /** Every word is to have its time. @default false */
  readonly wordTimes?: boolean
  /** It is to be told who speaks. @default false */
  readonly speakers?: boolean
  /** Language spoken, as `en` or `pt-BR`. @default any */
  readonly language?: string
  /** No audio may leave this machine. @default false */
  readonly offline?: boolean
  /** The engine, where that is settled. @default the better one */
  readonly engine?: TranscriptionEngine
  /** The day to choose for. @default today */
  readonly today?: Date
}

/** Who transcribes: this machine, or OpenAI. */
export type TranscriptionEngine = 'local' | 'openai'

/**
 * How a model is used: a file in one answer, a file with deltas, OpenAI's
 * Realtime API, the local engine for files, the local engine with deltas.
 */
export type TranscriptionMode =
  'file' | 'file-stream' | 'realtime' | 'local' | 'local-live'

/** What {@link chooseModel} answers. */
export type ModelChoice = {
  readonly engine: TranscriptionEngine
  readonly model: string
  readonly mode: TranscriptionMode
  /** Why, in a sentence. */
  readonly reason: string
  /**
   * Wishes that are not met (`VOX_OPTION`), a language to try out first
   * (`VOX_LANGUAGE`), a model near its end (`VOX_MODEL_ENDING`).
   */
  readonly warnings: readonly StageWarning[]
}

type Choice = Omit<ModelChoice, 'warnings'> & { readonly lost?: string[] }

/**
 * Which engine, model and mode fit, and why.
 *
 * Nobody waits: `whisper-1` if words are to have times, else the cheapest file
 * model. Somebody waits for a finished file: a file model that streams. Live:
 * the Realtime API. Speakers: the model that tells them apart. Nothing may
 * leave the machine, or it is English and no model of OpenAI gives word times
 * so early: the local engine. Of several models the one without an announced
 * end is taken, and then the cheapest.
 *
 * ```ts
 * const { engine, model, reason } = chooseModel({ wordTimes: true })
 * ```
 *
 * @throws {OptionError} where nothing would give a transcript at all
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
  return finish(choice, language, today)
}

const finish = (
  { lost = [], ...choice }: Choice,
  language: string | undefined,
  today: Date,
): ModelChoice => {
  const warnings: StageWarning[] = lost.map(message => ({
    code: 'VOX_OPTION',
    message,
  }))
  if (language !== undefined && isRareLanguage(language))
    warnings.push({
      code: 'VOX_LANGUAGE',
      message: `no figures are published for '${language}': compare the models on recordings of your own first`,
    })
  const ending = modelEndWarning(choice.model, today)
  if (ending) warnings.push(ending)
  return { ...choice, warnings }
}

/** Whether it is asked for, or alone gives word times so early. */
const isLocal = (
  { engine, offline, live, waiting, wordTimes, speakers }: ModelNeeds,
  language: string | undefined,
): boolean => {
  if (offline || engine === 'local') return true
  if (engine === 'openai' || language !== 'en' || !wordTimes) return false
  return live === true || (waiting === true && !speakers)
}

const chooseLocal = (
  { offline, engine, live = false, speakers }: ModelNeeds,
  language: string | undefined,
): Choice => {
  if (language !== undefined && language !== 'en')
    throw new OptionError(
      'language',
      `'${language}' is not known to the local engine, which knows English; ` +
        (offline ? "leave 'offline' out" : "use engine: 'openai'"),
    )
  const asked = offline || engine === 'local'
  return {
    engine: 'local',
    model: defaultModel(live),
    mode: live ? 'local-live' : 'local',
    reason: asked
      ? 'The local engine keeps the audio on this machine.'
      : 'English with the time of every word, at once: only the local engine gives that.',
    ...(speakers && {
      lost: ['the local engine does not tell speakers apart'],
    }),
  }
}

const chooseOpenAI = (needs: ModelNeeds, language?: string): Choice => {
  const { live, speakers, wordTimes, waiting } = needs
  if (live) return chooseRealtime(needs, language)
  if (speakers) return chooseDiarizing(needs)
  if (wordTimes) return chooseWordTimes(needs)
  const model = best(({ files }) => files?.streams === true)
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
  const model = best(({ realtime }) => realtime?.family === 'live')
  const lost: string[] = []
  if (wordTimes)
    lost.push(
      `live, no model of OpenAI gives word times: transcribe the recording afterwards with ${timing()}${language === undefined ? ", or say language 'en' if it is English" : ''}`,
    )
  if (speakers)
    lost.push(
      `live, no model tells speakers apart: transcribe the recording afterwards with ${diarizing()}`,
    )
  return {
    engine: 'openai',
    model,
    mode: 'realtime',
    reason: `Live: ${model} has text while somebody speaks.`,
    lost,
  }
}

const chooseDiarizing = ({ wordTimes, waiting }: ModelNeeds): Choice => ({
  engine: 'openai',
  model: diarizing(),
  mode: waiting ? 'file-stream' : 'file',
  reason: `Only ${diarizing()} tells speakers apart.`,
  ...(wordTimes && {
    lost: [`${diarizing()} gives the times of segments, not of words`],
  }),
})

const chooseWordTimes = ({ waiting }: ModelNeeds): Choice => ({
  engine: 'openai',
  model: timing(),
  mode: 'file',
  reason: `Of OpenAI's models only ${timing()} gives the time of every word.`,
  ...(waiting && {
    lost: [
      `${timing()} does not stream: its text comes when all of it is there`,
    ],
  }),
})

const timing = (): string => best(({ files }) => files?.wordTimes === true)
const diarizing = (): string => best(({ files }) => files?.speakers === true)

/** Of the models that can do it: without announced end first, then by price. */
const best = (can: (model: OpenAIModel) => boolean): string => {
  const rank = ({ shutdown, perMinute }: OpenAIModel): number =>
    (shutdown === undefined ? 0 : 1_000) + perMinute
  const [first] = Object.entries(openaiModels)
    .filter(([, model]) => can(model))
    .toSorted(([, a], [, b]) => rank(a) - rank(b))
  return first![0]
}
