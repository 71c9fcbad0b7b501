import { heading, table } from './markdown.js'
import {
  costCells,
  costHead,
  delayCells,
  delayHead,
  priorityNote,
  sinkNote,
  vadCost,
} from './sink-rows.js'

/** The line of README.md on the Realtime sink. */
export const sinkSummary = ({ command, costs, verdicts: [cost, delay] }) =>
  `- A real-time stream through \`RealtimeTranscriber\` takes ${cost.value.toFixed(2)} % of a core. Detecting its turns locally, which is the default, takes ${vadCost(costs)} more. With 100 streams in one process, it adds ${delay.value.toFixed(1)} ms of latency at p99. \`${command}\``

/** The chapter of docs/benchmarks.md on the Realtime sink. */
export const sinkChapter = sink => {
  const { costs, delays, verdicts } = sink
  return `${heading('RealtimeTranscriber', sink)}

${sinkNote.cost} ${priorityNote(sink)}

${table(costHead, costs.map(costCells))}

Voice activity detection on this machine, which is what \`turnDetection\` is by default, adds ${vadCost(costs)} of a core to a stream. A WebSocket by hand: the same audio in the same messages, with \`ws\` alone, that can lose everything.

Added latency, ${sinkNote.delay}

${table(delayHead, delays.map(delayCells))}

${table(
  ['figure', 'limit', 'measured', ''],
  verdicts.map(({ name, limit, value, met }) => [
    name,
    String(limit),
    value.toFixed(2),
    met ? 'met' : 'missed',
  ]),
)}`
}
