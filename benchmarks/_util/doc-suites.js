/** What the suites of the harness give the documents. */
import { suiteTitles } from '../../dist/benchmarks/report/suite-section.js'
import { suiteMarkdown } from '../../dist/benchmarks/report/report-markdown.js'
import { table } from './markdown.js'

const count = x => (x === null ? '–' : String(Math.round(x)))
const pair = ({ p50, p95 }) => `${count(p50)} / ${count(p95)}`
const percent = x => `${(100 * x).toFixed(1)} %`
const times = x => `${x >= 100 ? Math.round(x) : x.toFixed(1)}×`

/** What `npm run bench` does not install, and a suite was measured beside. */
const needed = ({ name, data }) =>
  name === 'faults' && data.rows.some(({ engine }) => engine !== 'voxpipe')
    ? 'To measure LiveKit too, first run `npm ci --prefix benchmarks/competitors/livekit --ignore-scripts`.\n\n'
    : ''

/** A suite's chapter of docs/benchmarks.md. */
export const suiteChapter = suite =>
  `## ${suiteTitles[suite.name]}\n\n${needed(suite)}${suiteMarkdown(suite)}`

const source = ({ command }) => `\`${command}\``

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
  return `Word errors in the ${words} words of the clips, after Whisper's text normalization: ${source(accuracy)}. So few words say little: [benchmarks](docs/benchmarks.md) has the intervals. Speed from file to text: ${source(throughput)}. sherpa-onnx runs the same model on the same turns with as many threads.

${table(
  [
    'model',
    'word errors',
    'telephone audio',
    'speed, × real time',
    "speed to sherpa-onnx's",
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
  return `One live stream, p50 / p95 in ms: ${source(latency)}. A turn ends after ${silenceMs} ms of silence, which end → final includes. The settings were tuned on these clips and three others, so expect somewhat worse results on your speech. sherpa is sherpa-onnx with the same model, the same turns, and LocalAgreement-2.

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
  return `- \`RealtimeTranscriber\` went through ${ours.length} faults of network and service. Of ${sum(row => row.words)} numbered words, it lost ${sum(row => row.lost)}, reported ${sum(row => row.told)} of these, and doubled ${sum(row => row.doubled)}. Text went on after ${(slowest / 1_000).toFixed(1)} s at most. \`${faults.command}\``
}
