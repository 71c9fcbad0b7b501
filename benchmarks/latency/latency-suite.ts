import { availableParallelism, loadavg } from 'node:os'
import { defaultModel } from 'voxpipe'
import {
  attempt,
  type BenchContext,
  type Failure,
  type Suite,
  type SuiteResult,
} from '../suite.ts'
import type { BenchClip } from '../clips.ts'
import { isEnglish } from '../clip-folder.ts'
import {
  type FileRow,
  type LatencyData,
  type LatencyRow,
  type Pacing,
  SILENCE_MS,
} from './latency-data.ts'
import {
  latencyFigures,
  pacingVerdict,
  rowVerdicts,
} from './latency-figures.ts'
import { latencyRow, rowName, latencyTables } from './latency-tables.ts'
import type { LiveQuestion, LiveRun } from './live-case.ts'
import { openaiFileModels, openaiName, whyNoOpenAI } from './live-engines.ts'
import { planLatency, USUAL, type PlannedRow } from './latency-plan.ts'

type Found = {
  readonly rows: LatencyRow[]
  readonly files: FileRow[]
  pacing?: Pacing
  readonly failures: Failure[]
  readonly notes: string[]
}

/** The language of all clips, where it is one. */
const languageOf = (clips: readonly BenchClip[]): string | undefined => {
  const [language, ...others] = new Set(clips.map(clip => clip.language))
  return others.length === 0 ? language : undefined
}

const measureRow = async (
  context: BenchContext,
  found: Found,
  planned: PlannedRow,
  clips: readonly BenchClip[],
): Promise<void> => {
  const { choice, streams, runs } = planned
  const language = languageOf(clips)
  const question: LiveQuestion = {
    ...choice,
    ...(language !== undefined && { language }),
    clips,
    streams,
  }
  const told =
    choice.model ?? (choice.engine === 'local' ? defaultModel(true) : '')
  const name = rowName(planned, told)
  const done: LiveRun[] = []
  for (let run = 1; run <= runs; run++) {
    const title = runs > 1 ? `${name}, run ${run} of ${runs}` : name
    const answer = await attempt(context, found.failures, title, async () => ({
      run: await context.runCase<LiveRun | undefined>('latency-live', question),
    }))
    if (!answer) return
    if (!answer.run)
      return void found.notes.push(`${planned.label} is not installed.`)
    done.push(answer.run)
  }
  found.rows.push(latencyRow(planned, done))
}

const measureFiles = async (
  context: BenchContext,
  found: Found,
  service: string,
  clips: readonly BenchClip[],
): Promise<void> => {
  const language = languageOf(clips)
  const sent = clips.map(({ id, path, text, language }) => ({
    id,
    path,
    text,
    language,
  }))
  for (const model of openaiFileModels) {
    const name = `${service} ${model}`
    const question = { clips: sent, model, ...(language && { language }) }
    const row = await attempt(context, found.failures, `${name}, files`, () =>
      context.runCase<Omit<FileRow, 'name'>>('latency-files', question),
    )
    if (row) found.files.push({ name, ...row })
  }
}

const resultOf = (
  { rows, files, pacing, failures, notes }: Found,
  clips: readonly BenchClip[],
): SuiteResult<LatencyData> => {
  const data: LatencyData = {
    silenceMs: SILENCE_MS,
    rows,
    files,
    ...(pacing && { pacing }),
    clips: clips.map(({ id, samples, text, words = [] }) => ({
      id,
      durationMs: samples.length / 16,
      text,
      words,
    })),
  }
  const usual = `${USUAL} ${defaultModel(true)}`
  const main = rows.find(
    ({ engine, name }) => engine === 'local' && name === usual,
  )
  return {
    name: 'latency',
    tables: latencyTables(data),
    figures: latencyFigures(rows, files),
    verdicts: [
      ...(main ? rowVerdicts(main) : []),
      ...(pacing ? [pacingVerdict(pacing)] : []),
    ],
    failures,
    notes,
    data,
  }
}

const count = (n: number, what: string): string =>
  `${n} ${what}${n === 1 ? '' : 's'}`

/**
 * How late live text is, and how right, on clips played in real time: by this
 * package, by competitors, by OpenAI where a key is set, or by a pipeline of
 * the user's own.
 */
const latencySuite: Suite = async context => {
  const { options, competitors } = context
  const found: Found = { rows: [], files: [], failures: [], notes: [] }
  const { failures, notes } = found
  const all = await context.clips()
  const clips = all.filter(({ words }) => words !== undefined)
  const untimed = all.length - clips.length
  if (clips.length === 0) {
    failures.push({
      name: 'clips',
      problem:
        'no clip tells when its words are spoken, so that nothing can be late: give each clip of the manifest.json "words": [{ "word", "start", "end" }], in seconds',
    })
    return resultOf(found, clips)
  }
  if (untimed > 0)
    notes.push(
      `${count(untimed, 'clip')} left out: the manifest does not tell when words are spoken.`,
    )
  const busy = loadavg()[0]!
  if (busy > availableParallelism())
    notes.push(
      `Before it began, other programs kept the machine busy (${busy.toFixed(1)} at a time on ${availableParallelism()} cores): delays are longer than they would be.`,
    )
  const english = clips.filter(({ language }) => isEnglish(language))
  const { pipeline, engines, full = false, models, modelDir } = options
  const { recognizer } = options
  const asks = (engine: string): boolean =>
    pipeline === undefined && (engines?.includes(engine) ?? true)
  const noOpenAI = pipeline === undefined ? whyNoOpenAI(engines) : undefined
  if (noOpenAI) notes.push(`OpenAI was not measured: ${noOpenAI}.`)
  const openai =
    engines && asks('openai') && !noOpenAI ? await openaiName() : undefined
  if (asks('local') && !recognizer && english.length < clips.length)
    notes.push(
      `${count(clips.length - english.length, 'clip')} of other languages left out by the local engine, which knows English.`,
    )
  for (const planned of planLatency(
    options,
    competitors.latency ?? {},
    openai,
  )) {
    const { engine } = planned.choice
    const known =
      recognizer === undefined &&
      (engine === 'local' || engine === 'competitor')
        ? english
        : clips
    if (known.length > 0) await measureRow(context, found, planned, known)
  }
  if (openai !== undefined) await measureFiles(context, found, openai, clips)
  if (asks('local') && !recognizer && english.length > 0) {
    const minutes = full ? 10 : 1
    const question = {
      clips: english.map(({ samples }) => ({ samples })),
      minutes,
      ...(models && { model: models[0] }),
      ...(modelDir !== undefined && { modelDir }),
    }
    const pacing = await attempt(
      context,
      failures,
      `pacing, ${count(minutes, 'minute')}`,
      () => context.runCase<Pacing>('latency-pacing', question),
    )
    if (pacing) found.pacing = pacing
  }
  return resultOf(found, clips)
}

export default latencySuite
