import { excerptsOf, type BenchClip } from '../clips.ts'
import { isEnglish } from '../clip-folder.ts'
import { findSpeech } from '../latency/find-speech.ts'
import { USUAL } from '../latency/latency-plan.ts'
import { countOf, pairOf, percentOf } from '../latency/latency-tables.ts'
import {
  attempt,
  type BenchContext,
  type Failure,
  type Suite,
  type Table,
} from '../suite.ts'
import type {
  CapacityAnswer,
  CapacityQuestion,
  CapacityRound,
} from './capacity-case.ts'

/** How many streams one setting carries. */
export type CapacityRow = CapacityAnswer & {
  /** `balanced base`. */
  readonly name: string
}

/** What the suite found out. */
export type CapacityData = {
  /** How late text may be, in ms. */
  readonly delayMs: number
  readonly rows: readonly CapacityRow[]
}

const DELAY_MS = 1_500
/** How much different audio is played, in ms. */
const PLAYED_MS = 120_000
/** A round lasts about as long as its longest piece. */
const PIECE_MS = 20_000
const SEARCH_MS = 240_000
const FULL_SEARCH_MS = 1_200_000
const SAMPLES_PER_MS = 16

/** Cuts a clip into pieces, whose text and words are not needed. */
const piecesOf = (clip: BenchClip): BenchClip[] => {
  const { samples } = clip
  const length = PIECE_MS * SAMPLES_PER_MS
  return Array.from({ length: Math.ceil(samples.length / length) }, (_, i) => ({
    ...clip,
    samples: samples.slice(i * length, (i + 1) * length),
    text: undefined,
    words: undefined,
  }))
}

/** The pieces of audio that are played, and when somebody speaks in them. */
const prepareClips = async (
  { clips, options, signal }: BenchContext,
  notes: string[],
): Promise<CapacityQuestion['clips']> => {
  const all = await clips()
  const { recognizer, modelDir } = options
  const known = all.filter(
    ({ language }) => recognizer !== undefined || isEnglish(language),
  )
  if (known.length < all.length)
    notes.push(
      `The local engine transcribes English only; ${all.length - known.length} of ${all.length} clips left out.`,
    )
  const pieces = excerptsOf(known.flatMap(piecesOf), PLAYED_MS)
  const speech = await findSpeech(pieces, { modelDir, signal })
  return pieces
    .map((piece, i) => ({ ...piece, speech: speech[i]! }))
    .filter(({ speech }) => speech.length > 0)
}

const seconds = (ms: number): string => `${ms / 1_000} s`

const ended = {
  found: 'found',
  time: 'at least: the time for the search was over',
  most: 'at least: no more were tried',
} as const

const roundCells = ({ streams, carried, problem, ...round }: CapacityRound) => [
  String(streams),
  problem ?? pairOf(round.final),
  problem ? '–' : pairOf(round.first),
  problem ? '–' : countOf(round.final.n),
  problem ? '–' : percentOf(round.load),
  carried ? 'yes' : 'no',
]

const tablesOf = ({ rows, delayMs }: CapacityData): Table[] => [
  {
    title: 'Streams at the same time',
    note: `The largest number of streams with 95 of 100 finals within ${seconds(delayMs)} after speech ends, and half of the first texts within ${seconds(delayMs)} after speech begins. The streams play your audio in real time.`,
    head: ['setting', 'streams', ''],
    rows: rows.map(({ name, streams, ended: how }) => [
      name,
      String(streams),
      ended[how],
    ]),
  },
  ...rows.map(({ name, rounds }) => ({
    title: `What was tried: ${name}`,
    note: 'Median / 95th percentile in ms.',
    head: ['streams', 'final', 'first text', 'finals', 'CPU', 'in time'],
    rows: rounds
      .toSorted((a, b) => a.streams - b.streams)
      .map(round => roundCells(round)),
  })),
]

/**
 * Finds how many live streams this machine carries with a given delay, by
 * playing more and more of them at the same time.
 */
const capacitySuite: Suite = async context => {
  const { options } = context
  const { full = false, engines, models, latencies, delayMs, ...rest } = options
  const failures: Failure[] = []
  const notes: string[] = []
  const data = { delayMs: delayMs ?? DELAY_MS, rows: [] as CapacityRow[] }
  const isAsked = engines?.includes('local') ?? true
  if (!isAsked) notes.push('Only the local engine has a capacity to measure.')
  const clips = isAsked ? await prepareClips(context, notes) : []
  if (isAsked && clips.length === 0)
    failures.push({
      name: 'clips',
      problem:
        'nobody speaks in them in a language that is transcribed here; give recordings of speech',
    })
  const { recognizer, modelDir } = rest
  const settings = (latencies ?? [USUAL]).flatMap(latency =>
    (models ?? [undefined]).map(model => ({ latency, model })),
  )
  for (const { latency, model } of clips.length > 0 ? settings : []) {
    const question: CapacityQuestion = {
      clips,
      delayMs: data.delayMs,
      searchMs: full ? FULL_SEARCH_MS : SEARCH_MS,
      latency,
      ...(model !== undefined && { model }),
      ...(modelDir !== undefined && { modelDir }),
      ...(recognizer !== undefined && { recognizer }),
    }
    const title = [latency, model, 'streams'].filter(Boolean).join(' ')
    const answer = await attempt(context, failures, title, () =>
      context.runCase<CapacityAnswer>('capacity', question),
    )
    if (!answer) continue
    const name = `${latency} ${answer.model.replace('moonshine-', '')}`
    data.rows.push({ name, ...answer })
  }
  return {
    name: 'capacity',
    tables: data.rows.length > 0 ? tablesOf(data) : [],
    figures: data.rows.map(({ name, streams, rounds }) => ({
      id: `capacity/${name}/streams`,
      value: streams,
      unit: 'streams',
      better: 'higher',
      // A search ends at a whole number, on one side of the limit or the other.
      noise: 0.5,
      n: rounds.length,
    })),
    verdicts: [],
    failures,
    notes,
    data,
  }
}

export default capacitySuite
