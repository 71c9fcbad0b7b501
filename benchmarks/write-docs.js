/**
 * Writes the figures of README.md and docs/benchmarks.md from the results of
 * the last runs: `npm run bench -- docs`. What has not been run is left out.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { format, resolveConfig } from 'prettier'
import { readResults } from '../dist/bench/results.js'
import { captionsChapter } from './_util/doc-captions.js'
import { cuesChapter } from './_util/doc-cues.js'
import { hourChapter, memoryChapter, memorySummary } from './_util/doc-own.js'
import { serverChapter } from './_util/doc-server.js'
import { sinkChapter, sinkSummary } from './_util/doc-sink.js'
import {
  faultsSummary,
  liveSummary,
  suiteChapter,
  textSummary,
} from './_util/doc-suites.js'
import { join, machineText } from './_util/markdown.js'

const at = name => new URL(name, import.meta.url)

/** Results of a check; undefined where it has not been run. */
const results = name => {
  const file = at(`results/${name}.json`)
  if (existsSync(file)) return JSON.parse(readFileSync(file))
  console.log(`left out: ${name} has not been run`)
}

const memory = results('memory')
const hour = results('live-hour')
const cues = results('cues')
const captions = results('captions')
const server = results('server')
const sink = results('sink')

const harness = at('results/results.json')
const { suites } = existsSync(harness)
  ? await readResults(fileURLToPath(harness))
  : { suites: [] }
const suite = name => suites.find(one => one.name === name)
const [latency, accuracy, throughput, faults] = [
  'latency',
  'accuracy',
  'throughput',
  'faults',
].map(suite)

const any = suites[0] ?? memory ?? hour ?? captions ?? server ?? sink
const shared = 'a shared machine: read ratios'

const block = join([
  '<!-- bench:start -->',
  any && `Measured on ${machineText(any.machine)}; ${shared}.`,
  accuracy && throughput && textSummary(accuracy, throughput),
  latency && liveSummary(latency),
  [
    faults && faultsSummary(faults),
    memory && memorySummary(memory),
    sink && sinkSummary(sink),
  ]
    .filter(Boolean)
    .join('\n'),
  '`npm run bench` measures it all again; `voxpipe bench` [measures on your machine and your audio](docs/guide/benchmarks.md). More is in [docs/benchmarks.md](docs/benchmarks.md).',
  '<!-- bench:end -->',
])

const page = join([
  '# Benchmarks',
  `Written by \`npm run bench -- docs\` from the last results. Each chapter says by which command its figures are made again; what they mean and how to read them is in [the guide](guide/benchmarks.md). Measured on ${shared}.`,
  ...suites.map(suiteChapter),
  hour && hourChapter(hour),
  sink && sinkChapter(sink),
  server && serverChapter(server),
  cues && cuesChapter(cues),
  captions && captionsChapter(captions),
  memory && memoryChapter(memory),
])

const style = await resolveConfig(at('../package.json'))
const write = async (name, text) =>
  writeFileSync(at(name), await format(text, { ...style, parser: 'markdown' }))

const readme = readFileSync(at('../README.md'), 'utf8')
await write(
  '../README.md',
  readme.replace(/<!-- bench:start -->[^]*<!-- bench:end -->/, () => block),
)
await write('../docs/benchmarks.md', page)
console.log('written: README.md, docs/benchmarks.md')
