import type { CapacityData } from '../capacity/capacity-suite.ts'
import { isSameMachine, type Machine } from '../machine.ts'
import type { Results } from '../results.ts'
import { USUAL } from './latency-plan.ts'
import type { LatencyData, LatencyRow } from './latency-data.ts'

/** The answer of a run: a sentence, and where its number of streams is from. */
export type LatencyAnswer = {
  /** `balanced, base: words come 0.27 s after they are spoken, …`. */
  readonly sentence: string
  readonly streams: string
}

/** Streams keep this share of the processor busy at most. */
const BUSY = 0.9
/** Finals that come within this time are in time, in ms. */
const IN_TIME_MS = 1_500

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(2)} s`

/** The row that answers: one stream of the usual setting, or the first one. */
export const mainRow = (
  rows: readonly LatencyRow[],
): LatencyRow | undefined => {
  const alone = rows.filter(({ streams }) => streams === 1)
  const own = alone.filter(({ engine }) => engine === 'local')
  return (
    own.find(({ latency }) => latency === USUAL) ??
    own[0] ??
    alone[0] ??
    rows[0]
  )
}

const correctedOf = (share: number): string => {
  const n = Math.round(100 * share)
  if (share === 0) return 'none is corrected'
  if (n === 0) return 'fewer than 1 in 100 are corrected'
  return `${n} in 100 ${n === 1 ? 'is' : 'are'} corrected`
}

const delaysOf = ({ figures }: LatencyRow): string => {
  const { wordToDelta, onsetToPartial, endToFinal, deltaErrors } = figures
  const corrected = correctedOf(deltaErrors.rate)
  if (wordToDelta.p50 !== null)
    return `words come ${seconds(wordToDelta.p50)} after they are spoken, ${corrected}`
  const parts = [
    ...(onsetToPartial.p50 === null
      ? []
      : [
          `first words come ${seconds(onsetToPartial.p50)} after speech begins`,
        ]),
    ...(endToFinal.p50 === null
      ? []
      : [`the final ${seconds(endToFinal.p50)} after it ends`]),
  ]
  return [...parts, `of the words ${corrected}`].join(', ')
}

const carries = (n: number, word = ''): string =>
  n === 0
    ? 'this machine does not carry one such stream'
    : `this machine carries ${word}${n} such ${n === 1 ? 'stream' : 'streams'}`

/** How many streams the machine carries, and how that is known. */
const streamsOf = (
  main: LatencyRow,
  rows: readonly LatencyRow[],
  { cores }: Machine,
  capacity: CapacityData | undefined,
): readonly [carried: string, reason: string] => {
  const found = capacity?.rows.find(({ name }) => name === main.name)
  if (found) {
    const { streams, ended } = found
    const word = ended === 'found' ? '' : 'at least '
    return [
      carries(streams, word),
      `Streams: found by playing more and more at the same time. A stream is carried if 95 of 100 finals come within ${capacity!.delayMs / 1_000} s after speech ends.`,
    ]
  }
  const several = rows
    .filter(row => row.name.startsWith(`${main.name} ×`))
    .filter(({ figures }) => (figures.endToFinal.p95 ?? Infinity) <= IN_TIME_MS)
    .toSorted((a, b) => b.streams - a.streams)[0]
  if (several)
    return [
      carries(several.streams, 'at least '),
      `Streams: ${several.streams} were played at the same time, and 95 of 100 finals came within ${IN_TIME_MS / 1_000} s after speech ended. voxpipe bench capacity finds the largest number.`,
    ]
  const cost = main.cpuPerAudio
  return [
    carries(Math.max(1, Math.floor((BUSY * cores) / cost)), 'about '),
    `Streams: estimated from processor time. One stream takes ${cost.toFixed(2)} s of it per second, and ${cores} ${cores === 1 ? 'core has' : 'cores have'} ${(BUSY * cores).toFixed(1)} s to spare. voxpipe bench capacity plays more and more streams to find the number.`,
  ]
}

/** Returns what a run says in the end; undefined if it measured no latency. */
export const latencyAnswer = ({
  suites,
}: Results): LatencyAnswer | undefined => {
  const latency = suites.find(({ name }) => name === 'latency')
  const capacity = suites.find(({ name }) => name === 'capacity')
  const { rows = [] } = (latency?.data ?? {}) as Partial<LatencyData>
  const main = mainRow(rows)
  if (!latency || !main) return undefined
  const { machine } = latency
  const found =
    capacity && isSameMachine(capacity.machine, machine)
      ? (capacity.data as CapacityData)
      : undefined
  const [carried, streams] = streamsOf(main, rows, machine, found)
  const name = main.latency
    ? `${main.latency}, ${main.model.replace('moonshine-', '')}`
    : main.name
  // A service's or a user's pipeline does not load this machine alone.
  return main.engine === 'local'
    ? { sentence: `${name}: ${delaysOf(main)}; ${carried}.`, streams }
    : { sentence: `${name}: ${delaysOf(main)}.`, streams: '' }
}
