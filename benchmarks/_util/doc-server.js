import { heading, table } from './markdown.js'

const ms = x => (x === null ? '–' : x.toFixed(1))

/** The chapter of docs/benchmarks.md on what the server adds. */
export const serverChapter = server => {
  const { model, rounds, limitMs, worst, rows } = server
  return `${heading('`voxpipe serve`', server)}

The clips, played in real time ${rounds === 1 ? 'once' : `${rounds} times`} to moonshine-${model} in the process that plays them, and to the server in another by RealtimeTranscriber: how much later the same words and the same turns are there, p50 / p95 in ms.

${table(
  ['turns found by', 'word → delta', 'end → final', 'words, turns'],
  rows.map(({ way, words, ends }) => [
    way === 'server_vad' ? 'the server' : 'RealtimeTranscriber',
    `${ms(words.p50)} / ${ms(words.p95)}`,
    `${ms(ends.p50)} / ${ms(ends.p95)}`,
    `${words.n}, ${ends.n}`,
  ]),
)}

${table(
  ['figure', 'limit', 'measured', ''],
  [
    [
      'added latency, p50, ms',
      String(limitMs),
      ms(worst),
      worst <= limitMs ? 'met' : 'missed',
    ],
  ],
)}`
}
