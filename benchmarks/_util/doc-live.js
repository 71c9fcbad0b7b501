import { machineLine, table } from './markdown.js'

const count = x => (x === null ? '–' : String(Math.round(x)))
const pair = ({ p50, p95 }) => `${count(p50)} / ${count(p95)}`
const percent = x => `${(100 * x).toFixed(1)} %`
const megabytes = bytes => `${Math.round(bytes / 1e6)} MB`

const columns = {
  'word → delta': ({ figures }) => pair(figures.wordToDelta),
  'onset → first': ({ figures }) => pair(figures.onsetToPartial),
  'end → final': ({ figures }) => pair(figures.endToFinal),
  'delta ≠ final': ({ figures }) => percent(figures.deltaErrors.rate),
  'word errors': ({ figures }) => percent(figures.finalErrors.rate),
  'word ends': ({ figures }) => pair(figures.timeError),
  CPU: ({ cost }) => percent(cost.load),
  memory: ({ cost }) => megabytes(cost.peakRss),
}

const tableOf = (rows, titles) =>
  table(
    ['engine', ...titles],
    rows.map(row => [row.name, ...titles.map(title => columns[title](row))]),
  )

const mind = clips =>
  `The settings were chosen on the same ${clips} clips that the figures are measured on.`

const clipsOf = ({ rows }) => new Set(rows.flatMap(({ clips }) => clips)).size

/** The part of README.md on live transcription. */
export const liveSummary = latency => {
  const alone = latency.rows.filter(({ streams }) => streams === 1)
  return `Live, one stream, p50 / p95 in ms; a turn ends after ${latency.silenceMs} ms of silence. ${mind(clipsOf(latency))} sherpa: sherpa-onnx with the same model and turns, and LocalAgreement-2.

${tableOf(alone, ['word → delta', 'end → final', 'delta ≠ final', 'word errors', 'CPU'])}`
}

const filesTable = files =>
  files?.length > 0
    ? `Files through OpenAI, each sent at once with \`stream: true\`; ms from then, p50 / p95:

${table(
  ['engine', 'first text', 'last text', 'word errors'],
  files.map(({ name, first, last, errors }) => [
    name,
    pair(first),
    pair(last),
    percent(errors.errors / errors.words),
  ]),
)}

`
    : 'OpenAI was not measured: that takes a key.\n\n'

/** The chapter of docs/benchmarks.md on live transcription. */
export const liveChapter = latency => {
  const { rows, files, verdicts, published, silenceMs, machine } = latency
  const spread = ({ p50, p90, p95, p99, max, n }) =>
    [p50, p90, p95, p99, max, n].map(count)
  const spreads = rows
    .filter(({ streams }) => streams === 1)
    .map(({ name, figures }) => [name, ...spread(figures.wordToDelta)])
  const value = x => (typeof x === 'number' ? x.toFixed(1) : String(x ?? '–'))
  return `## Live transcription: \`npm run bench -- latency\`

${machineLine(machine)} ${mind(clipsOf(latency))} They are played in real time. Delays are p50 / p95 in ms; turns end after ${silenceMs} ms of silence, which \`end → final\` includes. \`× N\`: so many streams at once, each with clips of its own. CPU is of all cores.

- word → delta: from the end of a word to the delta that has it.
- onset → first: from the first word of a turn to its first text.
- end → final: from the end of the last word of a turn to its final.
- delta ≠ final: what the finals correct, to the words of the finals.
- word ends: how far the end of a word in a final is from its alignment.
- sherpa: sherpa-onnx with the same model, the same turns and two threads, showing what two free decodings in a row agree on (LocalAgreement-2).

${tableOf(rows, Object.keys(columns))}

Word → delta, in ms:

${table(['engine', 'p50', 'p90', 'p95', 'p99', 'max', 'words'], spreads)}

${filesTable(files)}What the default setting is to reach, at one stream:

${table(
  ['figure', 'limit', 'measured', ''],
  verdicts.map(({ name, limit, value: measured, met }) => [
    name,
    String(limit),
    value(measured),
    met ? 'met' : 'missed',
  ]),
)}

End → final of services, in ms, as published by them or about them, with their own clips and silences; not measured here:

${table(
  ['service', 'p50', 'p95'],
  published.map(({ name, p50, p95 }) => [name, count(p50), count(p95)]),
)}`
}

/** The chapter of docs/benchmarks.md on an hour of live speech. */
export const hourChapter = ({ minutes, model, wallMs, rows, checks }) => {
  const speed = (minutes * 60_000) / wallMs
  return `## An hour of live speech: \`npm run bench -- live-hour\`

${Math.round(minutes)} minutes of the clips with pauses, ${model}, as fast as it goes: ${speed.toFixed(1)}× real time.

${table(
  ['from minute', 'memory', 'median error of word ends', 'word errors'],
  rows.map(({ minute, rss, wordEnd, rate }) => [
    count(minute),
    rss === null ? '–' : megabytes(rss),
    wordEnd === null ? '–' : `${count(wordEnd)} ms`,
    percent(rate),
  ]),
)}

${table(
  ['check', 'measured', ''],
  checks.map(({ name, value, met }) => [name, value, met ? 'met' : 'missed']),
)}`
}
