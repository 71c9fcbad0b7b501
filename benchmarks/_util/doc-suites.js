/** What the suites of the harness give the documents. */
import { suiteTitles } from '../../dist/bench/report/suite-section.js'
import { suiteMarkdown } from '../../dist/bench/report-markdown.js'
import { table } from './markdown.js'

const count = x => (x === null ? '–' : String(Math.round(x)))
const pair = ({ p50, p95 }) => `${count(p50)} / ${count(p95)}`
const percent = x => `${(100 * x).toFixed(1)} %`
const times = x => `${x >= 100 ? Math.round(x) : x.toFixed(1)}×`

/** A suite's chapter of docs/benchmarks.md. */
export const suiteChapter = suite =>
  `## ${suiteTitles[suite.name]}\n\n${suiteMarkdown(suite)}`

const clipsOf = ({ speech }) => (speech ? `, ${speech.clips} clips` : '')
const source = suite => `\`${suite.command}\`${clipsOf(suite)}`

/** How right the models are, and how fast: for README.md. */
export const textSummary = (accuracy, throughput) => {
  const { rows } = accuracy.data
  const errorsOf = (model, degradation) => {
    const found = rows.find(
      row =>
        row.engine === 'local' &&
        row.model === model &&
        row.degradation === degradation,
    )
    return found ? percent(found.pooled) : '–'
  }
  const { words } = accuracy.data
  return `Word errors, pooled, of ${words} words after Whisper's normaliser: ${source(accuracy)}. Files to text: ${source(throughput)}; sherpa-onnx with the same model, turns and threads.

${table(
  [
    'model',
    'word errors',
    'through a telephone',
    'file → text, × real time',
    'to sherpa-onnx',
  ],
  throughput.data.texts.map(({ model, speed, beside }) => {
    const sherpa = beside.find(({ name }) => name.startsWith('sherpa'))
    return [
      `\`${model}\``,
      errorsOf(model, 'clean'),
      errorsOf(model, 'telephone'),
      times(speed),
      sherpa ? `${sherpa.ratio.toFixed(2)}×` : '–',
    ]
  }),
)}`
}

/** How late live text is: for README.md. */
export const liveSummary = latency => {
  const { rows, silenceMs } = latency.data
  const alone = rows.filter(({ streams }) => streams === 1)
  return `Live, one stream, p50 / p95 in ms: ${source(latency)}. A turn ends after ${silenceMs} ms of silence. The settings were chosen on the same clips. sherpa: sherpa-onnx with the same model and turns, and LocalAgreement-2.

${table(
  [
    'engine',
    'word → delta',
    'end → final',
    'delta ≠ final',
    'word errors',
    'CPU',
  ],
  alone.map(({ name, figures, cost }) => [
    name,
    pair(figures.wordToDelta),
    pair(figures.endToFinal),
    percent(figures.deltaErrors.rate),
    percent(figures.finalErrors.rate),
    percent(cost.load),
  ]),
)}`
}

/** What is lost when the network fails: a line of README.md. */
export const faultsSummary = faults => {
  const ours = faults.data.rows.filter(
    ({ engine, id }) => engine === 'voxpipe' && id !== 'none',
  )
  const sum = of => ours.reduce((total, row) => total + of(row), 0)
  const slowest = Math.max(...ours.map(({ recoveryMs }) => recoveryMs ?? 0))
  return `- \`RealtimeTranscriber\` through ${ours.length} faults of network and service: of ${sum(row => row.words)} numbered words ${sum(row => row.lost)} were lost, of which the reader was told ${sum(row => row.told)}, and ${sum(row => row.doubled)} doubled; text went on after ${(slowest / 1_000).toFixed(1)} s at most. \`${faults.command}\``
}
