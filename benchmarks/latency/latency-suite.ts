import { availableParallelism, loadavg } from 'node:os'
import { defaultModel } from 'voxpipe/recognizers'
import {
  attempt,
  type BenchContext,
  type Failure,
  type Suite,
  type SuiteResult,
} from '../suite.ts'
import { excerptsOf, lengthOf, type BenchClip } from '../clips.ts'
import { findSpeech } from './find-speech.ts'
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
import type { LatencyClip, LiveQuestion, LiveRun } from './live-case.ts'
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
  clips: readonly LatencyClip[],
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
  clips: readonly LatencyClip[],
): SuiteResult<LatencyData> => {
  const data: LatencyData = {
    silenceMs: SILENCE_MS,
    speechBy: clips.some(({ speech }) => speech) ? 'voice activity' : 'words',
    rows,
    files,
    ...(pacing && { pacing }),
    clips: clips.map(({ id, samples, text = '', words = [] }) => ({
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

/** How much audio is played without `full`, in ms. */
const PLAYED_MS = 300_000

/** What is played, and when somebody speaks in it. */
const prepareClips = async (
  context: BenchContext,
  notes: string[],
): Promise<readonly LatencyClip[]> => {
  const { options, signal, progress } = context
  const { full = false, modelDir } = options
  const all = await context.clips()
  const clips = full ? all : excerptsOf(all, PLAYED_MS)
  const minutes = (some: readonly BenchClip[]): string =>
    (lengthOf(some) / 60_000).toFixed(1)
  if (clips !== all)
    notes.push(
      `${minutes(clips)} of ${minutes(all)} minutes of audio were played; --full plays all of it.`,
    )
  if (clips.every(({ words }) => words !== undefined)) return clips
  progress('looking for speech …')
  const speech = await findSpeech(clips, { modelDir, signal })
  const speaking = clips
    .map((clip, i) => ({ ...clip, speech: speech[i]! }))
    .filter(({ speech }) => speech.length > 0)
  const silent = clips.length - speaking.length
  if (silent > 0) notes.push(`Nobody speaks in ${count(silent, 'clip')}.`)
  return speaking
}

/**
 * Measures how late live text is, and how right, on clips played in real time:
 * of this package, of competitors, of OpenAI if it is named, or of a pipeline
 * of the user's.
 */
const latencySuite: Suite = async context => {
  const { options, competitors, data } = context
  const found: Found = { rows: [], files: [], failures: [], notes: [] }
  const { failures, notes } = found
  const clips = await prepareClips(context, notes)
  if (clips.length === 0) {
    failures.push({
      name: 'clips',
      problem: 'nobody speaks in them; give recordings of speech',
    })
    return resultOf(found, clips)
  }
  const busy = loadavg()[0]!
  if (busy > availableParallelism())
    notes.push(
      `Other programs kept the machine busy before the measurement (${busy.toFixed(1)} running on ${availableParallelism()} cores), so delays are longer than on an idle machine.`,
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
      `The local engine transcribes English only; ${count(clips.length - english.length, 'clip')} in other languages left out.`,
    )
  for (const planned of planLatency(
    options,
    competitors.latency ?? {},
    openai,
    lengthOf(clips) / 1_000,
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
  // On the clips of the package, the harness checks its own clock as well.
  const checksClock = data === undefined || full
  if (checksClock && asks('local') && !recognizer && english.length > 0) {
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
