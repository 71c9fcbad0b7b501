/**
 * How fast each stage is alone, decoding to 50 ms chunks into nothing, and a
 * file to its text; beside sherpa-onnx with the same model on the same turns.
 * Whether the engine keeps the event loop free. And what the Realtime sink
 * costs at real time, and how late it is with 100 streams.
 */
import { runCase } from './_util/child.js'
import { printHead, printTable, writeResults } from './_util/report.js'
import { measureSink, printSink } from './_util/sink-rows.js'
import { summary } from './_util/stats.js'

const script = new URL('throughput-case.js', import.meta.url)
const rounds = 3

const times = x => (x >= 100 ? `${Math.round(x)}×` : `${x.toFixed(1)}×`)
const ms = x => `${x.toFixed(1)} ms`

const stages = []
for (const stage of [
  'decode wav',
  'decode mp3',
  'decode flac',
  'decode opus',
  'resample',
  'chunk',
  'format srt',
  'decode → resample → chunk',
]) {
  const speeds = []
  for (let round = 0; round < rounds; round++)
    speeds.push((await runCase(script, { what: 'stage', stage })).speed)
  stages.push({ stage, speed: summary(speeds).median })
}
printHead('Stages into a null sink, in × real time (48 kHz stereo s16 WAV)')
printTable(
  ['stage', 'speed'],
  stages.map(({ stage, speed }) => [stage, times(speed)]),
)

const texts = []
for (const model of ['tiny', 'base'])
  texts.push(await runCase(script, { what: 'text', model }))
printHead('File to text, in × real time; ratios pair by pair in one process')
printTable(
  ['model', 'voxpipe', 'sherpa-onnx, 2 threads', 'ratio', 'of', 'load'],
  texts.map(({ model, ours, sherpa, ratios, seconds, load }) => [
    model,
    times(ours),
    sherpa ? times(sherpa) : 'not installed',
    ratios.length > 0 ? summary(ratios).median.toFixed(2) : '–',
    `${Math.round(seconds)} s of speech`,
    ms(load),
  ]),
)

const delays = []
for (const row of ['idle', 'file → text', 'a source at real time'])
  delays.push(await runCase(script, { what: 'delay', row }))
printHead('Event-loop delay beyond the timer that measures it (1 ms)')
printTable(
  ['while', 'p50', 'p99', 'p99.9', 'max', 'n'],
  delays.map(({ row, p50, p99, p999, max, n }) => [
    row,
    ...[p50, p99, p999, max].map(ms),
    String(n),
  ]),
)

printHead('The Realtime sink')
const sink = await measureSink()
printSink(sink)

writeResults('throughput', { stages, texts, delays, sink })
