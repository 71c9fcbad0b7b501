import { readFileSync } from 'node:fs'
import { runCase } from './child.js'
import { printTable } from './report.js'

const script = new URL('../sink-case.js', import.meta.url)
const seconds = 20

const costRows = [
  { client: 'voxpipe', input: 'live model' },
  { client: 'voxpipe', input: 'server VAD' },
  { client: 'ws', input: 'live model' },
  { client: 'voxpipe', input: 'speech, turns known' },
  { client: 'voxpipe', input: 'speech, local VAD' },
]
const delayRows = [
  { client: 'voxpipe', streams: 1 },
  { client: 'voxpipe', streams: 100 },
  { client: 'ws', streams: 100 },
]

/** What each row of costs is, by its input. */
export const costNames = {
  'live model': 'gpt-live-transcribe, turns known',
  'server VAD': 'gpt-transcribe, server_vad',
  'speech, turns known': 'gpt-live-transcribe, speech, turns known',
  'speech, local VAD': 'gpt-live-transcribe, speech, local_vad',
}

export const clientNames = {
  voxpipe: 'RealtimeTranscriber',
  ws: 'a WebSocket by hand',
}

/** What the sink may cost, and how late it may be with 100 streams. */
const limits = { perStream: 0.01, p99: 20 }

const verdictsOf = (costs, delays) => {
  const own = costs.filter(
    ({ client, input }) => client === 'voxpipe' && !input.startsWith('speech'),
  )
  const worst = Math.max(...own.map(({ perStream }) => perStream))
  const { p99 } = delays.find(
    ({ client, streams }) => client === 'voxpipe' && streams === 100,
  ).both
  return [
    {
      name: 'CPU of a stream, % of a core',
      limit: 100 * limits.perStream,
      value: 100 * worst,
      met: worst <= limits.perStream,
    },
    {
      name: 'added latency with 100 streams, p99, ms',
      limit: limits.p99,
      value: p99,
      met: p99 < limits.p99,
    },
  ]
}

/**
 * Whether this process, and so those that it starts, goes before all others,
 * as with `chrt -r 10`; where that cannot be told, it does not.
 */
const goesFirst = () => {
  try {
    const stat = readFileSync('/proc/self/stat', 'latin1')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return ['1', '2'].includes(fields[38]) // SCHED_FIFO, SCHED_RR
  } catch {
    return false
  }
}

/** Measures the Realtime sink at real time. */
export const measureSink = async () => {
  const costs = []
  for (const row of costRows)
    costs.push(
      await runCase(script, { what: 'cost', ...row, streams: 20, seconds }),
    )
  const delays = []
  for (const row of delayRows)
    delays.push(await runCase(script, { what: 'delay', ...row, seconds }))
  return {
    realTimePriority: goesFirst(),
    costs,
    delays,
    verdicts: verdictsOf(costs, delays),
  }
}

const percent = x => `${(100 * x).toFixed(2)} %`
const ms = x => x.toFixed(1)

/** Cells of a row of costs. */
export const costCells = ({
  client,
  input,
  streams,
  perStream,
  serverLoad,
}) => [
  `${clientNames[client]}: ${costNames[input]}`,
  percent(perStream),
  percent(serverLoad / streams),
]

/** Share of a core that finding turns here adds to a stream. */
export const vadCost = costs => {
  const of = name => costs.find(({ input }) => input === name).perStream
  return percent(of('speech, local VAD') - of('speech, turns known'))
}

/** Cells of a row of delays. */
export const delayCells = ({ client, streams, both, toServer, toReader }) => [
  `${clientNames[client]} × ${streams}`,
  ...[both, toServer, toReader].map(
    ({ p50, p99 }) => `${ms(p50)} / ${ms(p99)}`,
  ),
  ms(both.max),
  String(both.n),
]

export const costHead = ['stream', 'CPU of a core', "the server's"]
export const delayHead = [
  'streams',
  'there and back',
  'chunk → server',
  'server → event',
  'max',
  'n',
]

export const sinkNote = {
  cost: '50 ms chunks at real time, 20 streams; CPU time of the whole process, sources included. The server is another process.',
  delay:
    'p50 / p99 in ms. From the moment at which a chunk has been spoken, not that at which it was written, until the server has decoded it; and from there, for it answers at once, until its delta is read from the stage. All streams in one process, the server in another, on one clock. What the server takes to decode and to send is in it.',
}

export const priorityNote = ({ realTimePriority }) =>
  realTimePriority
    ? 'Real-time priority (`chrt -r 10`): others on the machine had to wait.'
    : 'Normal priority: whatever else the machine does is in it.'

export const printSink = sink => {
  const { costs, delays, verdicts } = sink
  console.log(`${sinkNote.cost} ${priorityNote(sink)}\n`)
  printTable(costHead, [
    ...costs.map(costCells),
    ['so local_vad adds', vadCost(costs), ''],
  ])
  console.log(`\nAdded latency, ${sinkNote.delay}\n`)
  printTable(delayHead, delays.map(delayCells))
  console.log()
  printTable(
    ['figure', 'limit', 'measured', ''],
    verdicts.map(({ name, limit, value, met }) => [
      name,
      String(limit),
      value.toFixed(2),
      met ? 'met' : 'MISSED',
    ]),
  )
}
