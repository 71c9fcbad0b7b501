import { printTable } from './report.js'

const count = x => (x === null ? '–' : String(Math.round(x)))
const pair = (a, b) => `${count(a)} / ${count(b)}`
const percent = x => (x === null ? '–' : `${(100 * x).toFixed(1)} %`)

const main = [
  ['word → delta', ({ figures: { wordToDelta: d } }) => pair(d.p50, d.p95)],
  ['onset → first', ({ figures: { onsetToPartial: d } }) => pair(d.p50, d.p95)],
  ['end → final', ({ figures: { endToFinal: d } }) => pair(d.p50, d.p95)],
  [
    'beyond silence',
    ({ figures: { endToFinalBeyondSilence: d } }) => pair(d.p50, d.p95),
  ],
  ['delta ≠ final', ({ figures }) => percent(figures.deltaErrors.rate)],
  ['WER', ({ figures }) => percent(figures.finalErrors.rate)],
  ['word ends', ({ figures: { timeError: d } }) => pair(d.p50, d.p95)],
  ['CPU', ({ cost }) => percent(cost.load)],
  ['RSS', ({ cost }) => `${Math.round(cost.peakRss / 1e6)} MB`],
]

/** One line a row: what matters most, p50 / p95 in ms. */
export const printMain = (rows, print) =>
  printTable(
    ['engine', ...main.map(([title]) => title)],
    rows.map(row => [row.name, ...main.map(([, cell]) => cell(row))]),
    print,
  )

const spreads = {
  'word → delta': row => row.figures.wordToDelta,
  'onset → first': row => row.figures.onsetToPartial,
  'end → final': row => row.figures.endToFinal,
  'beyond silence': row => row.figures.endToFinalBeyondSilence,
  'word ends': row => row.figures.timeError,
}

/** Every distribution, in ms. */
export const printSpreads = (rows, print) =>
  printTable(
    ['engine: figure', 'p50', 'p90', 'p95', 'p99', 'max', 'n'],
    rows.flatMap(row =>
      Object.entries(spreads).map(([title, of]) => {
        const { p50, p90, p95, p99, max, n } = of(row)
        const values = [p50, p90, p95, p99, max, n].map(count)
        return [`${row.name}: ${title}`, ...values]
      }),
    ),
    print,
  )

const kinds = ({ substitutions, insertions, deletions, words }) =>
  `${substitutions} / ${insertions} / ${deletions} of ${words}`

const details = [
  ['WER mean', ({ figures }) => percent(figures.meanErrorRate)],
  ['S / I / D', ({ figures }) => kinds(figures.finalErrors)],
  ['as files', ({ fileErrors }) => (fileErrors ? kinds(fileErrors) : '–')],
  ['delta ≠ final S / I / D', ({ figures }) => kinds(figures.deltaErrors)],
  [
    'from finals',
    ({ figures }) => `${figures.wordsFromFinals}, ${figures.onsetsFromFinals}`,
  ],
  ['stray, cut', ({ figures }) => `${figures.strayTurns}, ${figures.cutTurns}`],
  ['ends ≤ 200 ms', ({ figures }) => percent(figures.timesWithin200)],
  ['bias', ({ figures }) => count(figures.timeBias)],
]

/** What is counted: errors by kind, turns, word times. */
export const printCounts = (rows, print) =>
  printTable(
    ['engine', ...details.map(([title]) => title)],
    rows.map(row => [row.name, ...details.map(([, cell]) => cell(row))]),
    print,
  )

const costs = [
  ['audio', ({ audioMs }) => `${(audioMs / 1000).toFixed(0)} s`],
  ['CPU s / audio s', ({ cpuPerAudio }) => cpuPerAudio.toFixed(2)],
  ['loop delay p99', ({ cost }) => `${cost.loopDelay.p99.toFixed(1)} ms`],
  ['max', ({ cost }) => `${cost.loopDelay.max.toFixed(0)} ms`],
  ['source late at most', ({ maxLatenessMs: ms }) => `${ms.toFixed(0)} ms`],
  ['warnings', ({ warnings }) => String(warnings)],
]

/** What it cost, and whether the measuring itself kept its time. */
export const printCosts = (rows, print) =>
  printTable(
    ['engine', ...costs.map(([title]) => title)],
    rows.map(row => [row.name, ...costs.map(([, cell]) => cell(row))]),
    print,
  )

/** Files that are sent at once: when their text came. */
export const printFiles = (rows, print) =>
  printTable(
    ['engine', 'first text p50 / p95', 'last p50 / p95', 'WER', 'files'],
    rows.map(({ name, first, last, errors }) => [
      name,
      pair(first.p50, first.p95),
      pair(last.p50, last.p95),
      percent(errors.errors / errors.words),
      String(first.n),
    ]),
    print,
  )
