import { basename } from 'node:path'
import { InputError } from 'voxpipe'
import { openaiModels } from 'voxpipe/openai'
import type { BenchClip } from '../clips.ts'
import { isEnglish } from '../clip-folder.ts'
import {
  openaiFileModels,
  openaiName,
  whyNoOpenAI,
} from '../latency/live-engines.ts'
import {
  type BenchOptions,
  attempt,
  type BenchContext,
  type Failure,
  type Suite,
} from '../suite.ts'
import {
  type AccuracyRow,
  degradations,
  type AccuracyData,
  type Degradation,
} from './accuracy-data.ts'
import { accuracyFigures, accuracyTables } from './accuracy-tables.ts'
import { whyNoMp3 } from './degrade.ts'
import type { HearAnswer, HearQuestion } from './hear-case.ts'
import { hasText, rowFailures, differencesOf, scoreModel } from './score.ts'
import { scoredWords } from './whisper-text.ts'

type ScoredClip = BenchClip & { readonly text: string }

/** A model, and the clips that are in a language it knows. */
type PlannedModel = Pick<AccuracyRow, 'name' | 'model'> & {
  readonly engine: 'local' | 'openai'
  readonly clips: readonly ScoredClip[]
}

const LOCAL_MODELS = ['tiny', 'base'] as const

/** Those that hear files; of versions of one model the newest alone. */
const allFileModels = (): string[] =>
  Object.entries(openaiModels)
    .filter(([name, { files }]) => files && !/-\d{4}-\d\d-\d\d$/.test(name))
    .map(([name]) => name)

/**
 * Which models hear which clips: those of the local engine the English ones,
 * those of OpenAI and a user's recogniser all.
 *
 * @param openai what OpenAI is called; undefined where it is not asked
 */
const planAccuracy = (
  { full = false, engines, models = LOCAL_MODELS, recognizer }: BenchOptions,
  clips: readonly ScoredClip[],
  openai: string | undefined,
): PlannedModel[] => {
  const english = clips.filter(({ language }) => isEnglish(language))
  const local = engines?.includes('local') ?? true
  const asked = full ? allFileModels() : openaiFileModels
  if (recognizer !== undefined) {
    const name = basename(recognizer)
    return [{ name, engine: 'local', model: name, clips }]
  }
  return [
    ...(local && english.length > 0 ? models : []).map(
      model =>
        ({ name: model, engine: 'local', model, clips: english }) as const,
    ),
    ...(openai === undefined ? [] : asked).map(
      model =>
        ({
          name: `${openai} ${model}`,
          engine: 'openai',
          model,
          clips,
        }) as const,
    ),
  ]
}

const RATE = 16_000

const count = (n: number, what: string): string =>
  `${n} ${what}${n === 1 ? '' : 's'}`

/** The languages that the local engine does not know, and how many clips. */
const foreignClips = (clips: readonly BenchClip[]): string | undefined => {
  const foreign = clips.filter(({ language }) => !isEnglish(language))
  const languages = [...new Set(foreign.map(({ language }) => language))]
  return foreign.length === 0
    ? undefined
    : `${count(foreign.length, 'clip')} in ${languages.join(', ')}`
}

/** What it will cost, told before it is paid. */
const priceOf = (
  { name, model, clips }: PlannedModel,
  ways: number,
): string => {
  const samples = clips.reduce((sum, clip) => sum + clip.samples.length, 0)
  const minutes = (ways * samples) / RATE / 60
  const { perMinute = 0 } = openaiModels[model] ?? {}
  return `${name}: ${minutes.toFixed(1)} minutes of audio, for which OpenAI asks about $${(minutes * perMinute).toFixed(2)}`
}

const measure = async (
  { runCase, options, progress }: BenchContext,
  planned: PlannedModel,
  ways: readonly Degradation[],
): Promise<readonly AccuracyRow[]> => {
  const { name, engine, model, clips } = planned
  const { modelDir, recognizer } = options
  if (engine === 'openai') progress(priceOf(planned, ways.length))
  const question: HearQuestion = {
    engine,
    model,
    ...(modelDir !== undefined && { modelDir }),
    ...(recognizer !== undefined && { recognizer }),
    clips: clips.map(({ id, path, language }) => ({ id, path, language })),
    degradations: ways,
  }
  const heard = await runCase<HearAnswer>('accuracy-hear', question)
  return scoreModel({ name, engine, model }, clips, ways, heard)
}

/** Nothing can be measured: why, and what to do about it. */
const nothingToDo = (
  asksLocal: boolean,
  { engines = [] }: BenchOptions,
  foreign: string | undefined,
): InputError => {
  const why =
    asksLocal && foreign
      ? `the local engine knows English and leaves out ${foreign}`
      : 'of the engines that were named none transcribes files here'
  const next = engines.includes('openai')
    ? 'set OPENAI_API_KEY'
    : 'name openai as an engine as well, which is sent the clips'
  return new InputError(`no accuracy was measured: ${why}; ${next}`)
}

/**
 * How right text is, by engine and model: word error rates on the clips as
 * they are, and on degraded copies of them.
 */
const accuracySuite: Suite = async context => {
  const { options } = context
  const all = await context.clips()
  const clips = all.filter(
    (clip): clip is ScoredClip => clip.text !== undefined,
  )
  const words = clips.reduce(
    (sum, { text, language }) => sum + scoredWords(text, language).length,
    0,
  )
  if (words === 0)
    throw new InputError(
      `accuracy needs transcripts, and ${clips.length === 0 ? 'no clip has one' : 'those of the clips contain no words'}; put a .txt of the same name beside each audio file`,
    )
  const asksLocal = options.engines?.includes('local') ?? true
  const notes: string[] = []
  const failures: Failure[] = []
  if (clips.length < all.length)
    notes.push(
      `${count(all.length - clips.length, 'clip')} without a transcript.`,
    )
  const noOpenAI = whyNoOpenAI(options.engines)
  if (noOpenAI) notes.push(`OpenAI was not measured: ${noOpenAI}.`)
  const foreign = foreignClips(clips)
  if (asksLocal && foreign)
    notes.push(`${foreign} left out by the local engine, which knows English.`)
  const asksOpenAI = options.engines?.includes('openai') && !noOpenAI
  const openai = asksOpenAI ? await openaiName() : undefined
  const plan = planAccuracy(options, clips, openai)
  if (plan.length === 0) throw nothingToDo(asksLocal, options, foreign)
  const noMp3 = await whyNoMp3()
  if (noMp3) notes.push(`MP3 was not measured: ${noMp3}.`)
  const ways = degradations.filter(way => !noMp3 || way !== 'mp3 32 kbit/s')
  const rows: AccuracyRow[] = []
  for (const planned of plan) {
    const title = `${planned.name}, accuracy`
    const measured = await attempt(context, failures, title, () =>
      measure(context, planned, ways),
    )
    failures.push(...rowFailures(measured ?? []))
    rows.push(...(measured ?? []).filter(hasText))
  }
  const data: AccuracyData = {
    clips: clips.length,
    words,
    rows,
    differences: differencesOf(rows),
  }
  return {
    name: 'accuracy',
    tables: accuracyTables(data),
    figures: accuracyFigures(rows),
    verdicts: [],
    failures,
    notes,
    data,
  }
}

export default accuracySuite
