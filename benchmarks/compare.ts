import { isSameMachine } from './machine.ts'
import type { Results, SuiteRecord } from './results.ts'
import type { Figure, Table } from './suite.ts'

/** `before` and `now`: it is in one of the two only. */
export type Change = 'better' | 'worse' | 'same' | 'before' | 'now'

/** A figure of two runs. */
export type ComparedFigure = {
  /** As {@link Figure.id}. */
  readonly id: string
  /** Unit of both values. */
  readonly unit: string
  /** Undefined if only the new run has it. */
  readonly before?: Figure
  /** Undefined if only the old run has it. */
  readonly now?: Figure
  /** The verdict; differences within the noise are `same`. */
  readonly change: Change
}

/** What {@link compareResults} answers. */
export type Comparison = {
  /** All figures of both runs. */
  readonly figures: readonly ComparedFigure[]
  /** Why one must be careful; a sentence each. */
  readonly warnings: readonly string[]
}

/** A change is told from noise where it is more than so many of its errors. */
const ERRORS = 2

/** Less than this part of what it was does not matter to anybody. */
const PART = 0.03

const changeOf = (before: Figure, now: Figure): Change => {
  const change = now.value - before.value
  const noise = ERRORS * Math.hypot(before.noise, now.noise)
  const size = Math.abs(change)
  if (size <= noise || size <= PART * Math.abs(before.value)) return 'same'
  return change < 0 === (now.better === 'lower') ? 'better' : 'worse'
}

const keyOf = ({ id, unit }: Figure): string => `${id} [${unit}]`

const figuresOf = (suites: readonly SuiteRecord[]): Map<string, Figure> =>
  new Map(
    suites.flatMap(({ figures }) => figures).map(one => [keyOf(one), one]),
  )

const compareFigures = (
  before: ReadonlyMap<string, Figure>,
  now: ReadonlyMap<string, Figure>,
): ComparedFigure[] =>
  [...new Set([...now.keys(), ...before.keys()])].map(key => {
    const [was, is] = [before.get(key), now.get(key)]
    const { id, unit } = (is ?? was)!
    if (!is) return { id, unit, before: was!, change: 'before' }
    if (!was) return { id, unit, now: is, change: 'now' }
    return { id, unit, before: was, now: is, change: changeOf(was, is) }
  })

const machineWarning = (
  name: string,
  { machine: a }: SuiteRecord,
  { machine: b }: SuiteRecord,
): string[] => {
  if (isSameMachine(a, b)) return []
  const [was, is] = [a, b].map(
    ({ cpu, cores, memory }) => `${cores} × ${cpu} with ${memory}`,
  )
  return [
    `${name}: the machines differ, so figures of time do as well: ${was} before, ${is} now.`,
  ]
}

const speechWarning = (
  name: string,
  { speech: a }: SuiteRecord,
  { speech: b }: SuiteRecord,
): string[] =>
  a && b && a.digest !== b.digest
    ? [
        `${name}: the speech differs, so nothing that depends on it can be compared: ${a.clips} clips before, ${b.clips} now.`,
      ]
    : []

/**
 * Holds a run against an older one, figure by figure. What changed is `better`
 * or `worse` where the change is more than twice the standard error of the
 * difference, and more than 3 % of what it was. Suites that were not run now
 * are left out.
 */
export const compareResults = (before: Results, now: Results): Comparison => {
  const pairs = now.suites.map(is => ({
    is,
    was: before.suites.find(({ name }) => name === is.name),
  }))
  const was = pairs.flatMap(({ was }) => was ?? [])
  return {
    figures: compareFigures(figuresOf(was), figuresOf(now.suites)),
    warnings: pairs.flatMap(({ is, was }) =>
      was
        ? [
            ...machineWarning(is.name, was, is),
            ...speechWarning(is.name, was, is),
          ]
        : [`${is.name}: it was not measured before.`],
    ),
  }
}

const shown = (value: number): string =>
  Math.abs(value) >= 100
    ? value.toFixed(0)
    : String(Number(value.toPrecision(3)))

const valueOf = (figure: Figure): string =>
  `${shown(figure.value)} ± ${shown(ERRORS * figure.noise)} ${figure.unit}`

const partOf = (before: Figure, now: Figure): string => {
  if (before.value === 0) return '–'
  const percent = 100 * (now.value / before.value - 1)
  return `${percent > 0 ? '+' : ''}${percent.toFixed(1)} %`
}

const rowsOf = (figures: readonly ComparedFigure[], wanted: Change) =>
  figures
    .filter(({ change }) => change === wanted)
    .map(({ id, before, now }) => [
      id,
      valueOf(before!),
      valueOf(now!),
      partOf(before!, now!),
      wanted,
    ])

/** A comparison for people; what did not change is counted only. */
export const comparisonTable = (
  { figures, warnings }: Comparison,
  name: string,
): Table => {
  const count = (wanted: Change): number =>
    figures.filter(({ change }) => change === wanted).length
  const counts = [
    `${count('better')} better, ${count('worse')} worse, ${count('same')} within noise.`,
    ...(count('before') ? [`Only before: ${count('before')}.`] : []),
    ...(count('now') ? [`Only now: ${count('now')}.`] : []),
  ]
  return {
    title: `Beside ${name}`,
    note: [
      ...counts,
      'After ± is twice the standard error; a change counts where it is beyond both, and more than 3 %.',
      ...warnings,
    ].join(' '),
    head: ['figure', 'before', 'now', 'change', ''],
    rows: [...rowsOf(figures, 'worse'), ...rowsOf(figures, 'better')],
  }
}
