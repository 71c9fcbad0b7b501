import type { AccuracyData } from '../accuracy/accuracy-data.ts'
import type { FaultsData } from '../faults/fault-row.ts'
import type { LatencyData } from '../latency/latency-data.ts'
import { publishedTable } from '../latency/published.ts'
import { machineLine } from '../machine.ts'
import type { ResamplerData } from '../resampler/resampler-case.ts'
import type { Results, SuiteRecord } from '../results.ts'
import type { SuiteName, SuiteResult, Failure } from '../suite.ts'
import type { ThroughputData } from '../throughput/throughput-tables.ts'
import type { ChartTool } from './chart-tool.ts'
import { type ChartFigure, short } from './chart.ts'
import { clipTimelineChart } from './charts/clip-timeline.ts'
import { delayByPlaceChart } from './charts/delay-by-place.ts'
import { endingsChart, wordDelayCharts } from './charts/word-delays.ts'
import { errorBarsChart } from './charts/error-bars.ts'
import { resamplersChart } from './charts/resamplers.ts'
import { speedsChart } from './charts/speeds.ts'
import { figureMarkup } from './figure-markup.ts'
import { faultsMarkup, tableMarkup, verdictsMarkup } from './table-markup.ts'
import { html, type Markup } from './markup.ts'

type Maybe = ChartFigure | undefined

const makers: Readonly<Record<SuiteName, (data: never) => readonly Maybe[]>> = {
  latency: (data: LatencyData) => [
    ...wordDelayCharts(data),
    delayByPlaceChart(data),
    clipTimelineChart(data),
    endingsChart(data),
  ],
  capacity: () => [],
  accuracy: (data: AccuracyData) => [errorBarsChart(data)],
  throughput: (data: ThroughputData) => [speedsChart(data)],
  resampler: (data: ResamplerData) => [resamplersChart(data)],
  faults: (data: FaultsData) => {
    const markup = faultsMarkup(data)
    return [markup && { markup }]
  },
}

/** What there is to show of a suite's data, in the order of its telling. */
const chartFiguresOf = ({ name, data }: SuiteResult): readonly ChartFigure[] =>
  makers[name](data as never).filter(figure => figure !== undefined)

/** What each suite answers. */
export const suiteTitles: Readonly<Record<SuiteName, string>> = {
  latency: 'Latency: how late is the text?',
  capacity: 'Capacity: how many streams at the same time?',
  accuracy: 'Accuracy: how right is the text?',
  throughput: 'Throughput: how fast does it go?',
  resampler: 'Resampler: how exact, and how fast?',
  faults: 'Faults: what is lost when the network fails?',
}

/** Failures, said plainly. */
const failuresMarkup = (failures: readonly Failure[]): Markup | false =>
  failures.length > 0 &&
  html`<div class="problem">
    <p class="bad"><strong>Not measured, because it failed:</strong></p>
    <ul class="plain">
      ${failures.map(
        ({ name, problem }) =>
          html`<li><strong>${name}</strong>: ${problem}</li>`,
      )}
    </ul>
  </div>`

const notesMarkup = (notes: readonly string[]): Markup | false =>
  notes.length > 0 &&
  html`<h3>Notes</h3>
    <ul class="plain">
      ${notes.map(note => html`<li>${note}</li>`)}
    </ul>`

const figuresMarkup = ({ figures }: SuiteRecord): Markup | false =>
  figures.length > 0 &&
  html`<details>
    <summary>All figures, with their noise</summary>
    ${tableMarkup({
      title: 'Figures that --compare looks at',
      note: 'Noise is a standard error; n is how many values a figure was made of.',
      head: ['figure', 'value', 'noise', 'n', 'better'],
      rows: figures.map(({ id, value, unit, noise, n, better }) => [
        id,
        `${short(value, 4)} ${unit}`,
        `± ${short(noise, 2)}`,
        String(n),
        better,
      ]),
    })}
  </details>`

/** Charts and tables; data of another version may have no charts. */
const chartFiguresMarkup = (
  suite: SuiteRecord,
  tool: ChartTool | undefined,
): Markup => {
  try {
    const shown = chartFiguresOf(suite).map(one => figureMarkup(one, tool))
    return html`${shown}`
  } catch (error) {
    return html`<p class="note">
      The charts of these figures cannot be drawn: ${(error as Error).message}
    </p>`
  }
}

const speechOf = ({ speech }: SuiteRecord): string =>
  speech === undefined
    ? ''
    : ` on ${speech.clips} ${speech.clips === 1 ? 'clip' : 'clips'} of speech, ${Math.round(speech.seconds)} s,`

/** All about one suite. */
export const suiteSection = (
  suite: SuiteRecord,
  { machine }: Results,
  tool: ChartTool | undefined,
): Markup => {
  const line = machineLine(suite.machine)
  const [main, ...others] = suite.tables
  return html`<section id="${suite.name}" aria-labelledby="${suite.name}-title">
    <h2 id="${suite.name}-title">${suiteTitles[suite.name]}</h2>
    <p class="soft">
      <code>${suite.command}</code>${speechOf(suite)}
      ${suite.date.slice(0, 16).replace('T', ' ')} UTC, in
      ${Math.round(suite.seconds)}
      s${line !== machineLine(machine) && `, on ${line}`}
    </p>
    ${failuresMarkup(suite.failures)} ${main && tableMarkup(main, 3)}
    ${chartFiguresMarkup(suite, tool)}
    ${others.map(table => tableMarkup(table, 3))} ${notesMarkup(suite.notes)}
    ${verdictsMarkup(suite.verdicts)} ${figuresMarkup(suite)}
    ${suite.name === 'latency' && tableMarkup(publishedTable, 3)}
  </section>`
}
