import type { AccuracyData } from '../accuracy/accuracy-data.ts'
import type { FaultsData } from '../faults/fault-row.ts'
import type { LatencyData } from '../latency/latency-data.ts'
import type { Results } from '../results.ts'
import type { SuiteName } from '../suite.ts'
import type { ThroughputData } from '../throughput/throughput-tables.ts'
import { ms, percent, short } from './chart.ts'

/** A figure that one wants first. */
export type Headline = {
  readonly suite: SuiteName
  readonly question: string
  readonly figure: string
  /** Of what it is, and how sure. */
  readonly facts: string
}

const late = ({ rows }: LatencyData): Headline | undefined => {
  const alone = rows.filter(({ streams }) => streams === 1)
  const row =
    alone.find(
      ({ engine, latency }) => engine === 'local' && latency === 'balanced',
    ) ??
    alone[0] ??
    rows[0]
  if (!row) return undefined
  const { p50, p95 } = row.figures.wordToDelta
  return {
    suite: 'latency',
    question: 'How late',
    figure: ms(p50),
    facts: `from the end of a word to its text, median of ${row.name}; 95 of 100 words within ${ms(p95)}`,
  }
}

const right = ({ rows }: AccuracyData): Headline | undefined => {
  const clean = rows.filter(({ degradation }) => degradation === 'clean')
  const own = clean.filter(({ engine }) => engine === 'local')
  const [row] = (own.length > 0 ? own : clean).toSorted(
    (a, b) => a.pooled - b.pooled,
  )
  return (
    row && {
      suite: 'accuracy',
      question: 'How right',
      figure: percent(row.pooled),
      facts: `of words wrong by ${row.name}; between ${row.interval.map(percent).join(' and ')} with a confidence of 95 %`,
    }
  )
}

const fast = ({ texts, stages }: ThroughputData): Headline | undefined => {
  // The slowest model is the most exact: the one whose errors are told.
  const [row] = texts.toSorted((a, b) => a.speed - b.speed)
  const [stage] = stages.toSorted((a, b) => a.speed - b.speed)
  const found = row
    ? { speed: row.speed, name: `files to text by ${row.model}` }
    : stage && { speed: stage.speed, name: stage.stage }
  return (
    found && {
      suite: 'throughput',
      question: 'How fast',
      figure: `${short(found.speed)}×`,
      facts: `real time, ${found.name}: an hour of audio takes ${
        found.speed > 60
          ? `${Math.round(3_600 / found.speed)} s`
          : `${short(60 / found.speed, 2)} min`
      }`,
    }
  )
}

const sumOf = (
  rows: FaultsData['rows'],
  key: 'words' | 'lost' | 'doubled' | 'told',
): string =>
  rows.reduce((total, row) => total + row[key], 0).toLocaleString('en')

const lost = ({ rows }: FaultsData): Headline | undefined => {
  const own = rows.filter(
    ({ engine, id }) => engine === 'voxpipe' && id !== 'none',
  )
  const faults = own.filter(({ must }) => must !== 'tell')
  const ends = own.filter(({ must }) => must === 'tell')
  if (faults.length === 0) return undefined
  const refused =
    ends.length === 0
      ? ''
      : `. Where the service refuses to go on, ${sumOf(ends, 'lost')} are lost, and the reader is told of ${sumOf(ends, 'told')}`
  return {
    suite: 'faults',
    question: 'What is lost',
    figure: `${sumOf(faults, 'lost')} words`,
    facts: `of ${sumOf(faults, 'words')} by voxpipe, through ${faults.length} faults of the network; ${sumOf(faults, 'doubled')} doubled${refused}`,
  }
}

const makers: Partial<
  Record<SuiteName, (data: never) => Headline | undefined>
> = { latency: late, accuracy: right, throughput: fast, faults: lost }

/** The figures that one wants first, of the suites that were run. */
export const headlinesOf = ({ suites }: Results): readonly Headline[] =>
  suites.flatMap(({ name, data }) => makers[name]?.(data as never) ?? [])
